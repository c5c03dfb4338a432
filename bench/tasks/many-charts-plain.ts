import { App } from 'cdk8s';
import { addCharts } from '../stacks/many-charts';
import { clock, taskArguments } from './clock';

const { outdir, count } = taskArguments();
const app = new App({ outdir });
addCharts(app, count);
clock(() => app.synth());
