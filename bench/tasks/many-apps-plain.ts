import { App } from 'cdk8s';
import { addApps } from '../stacks/many-apps';
import { clock, taskArguments } from './clock';

const { outdir, count } = taskArguments();
const app = new App({ outdir });
addApps(app, count);
clock(() => app.synth());
