import { MonitoringApp } from '../../src';
import { addApps } from '../stacks/many-apps';
import { clock, taskArguments } from './clock';

const { outdir, count } = taskArguments();
const app = new MonitoringApp({ outdir, summary: false });
addApps(app, count);
clock(() => app.synth());
