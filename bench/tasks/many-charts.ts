import { MonitoringApp } from '../../src';
import { addCharts } from '../stacks/many-charts';
import { clock, taskArguments } from './clock';

const { outdir, count } = taskArguments();
const app = new MonitoringApp({ outdir, summary: false });
addCharts(app, count);
clock(() => app.synth());
