import { App, Chart, Yaml } from 'cdk8s';
import { addCharts } from '../stacks/many-charts';
import { clock, taskArguments } from './clock';

const { outdir, count } = taskArguments();
const app = new App({ outdir });
addCharts(app, count);
const charts = app.node.children as Chart[];
const documents = charts.map((chart) => chart.apiObjects.map((each): unknown => each.toJson()));
clock(() => documents.forEach((each) => Yaml.stringify(...each)));
