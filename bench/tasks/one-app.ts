import { MonitoringApp } from '../../src';
import { addOneApp } from '../stacks/one-app';
import { taskArguments } from './clock';

const app = new MonitoringApp({ outdir: taskArguments().outdir, summary: false });
addOneApp(app);
app.synth();
