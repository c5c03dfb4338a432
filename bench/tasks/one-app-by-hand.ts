import { App } from 'cdk8s';
import { addOneApp } from '../stacks/one-app-by-hand';
import { taskArguments } from './clock';

const app = new App({ outdir: taskArguments().outdir });
addOneApp(app);
app.synth();
