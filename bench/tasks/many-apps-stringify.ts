import { ApiObject, App, Yaml } from 'cdk8s';
import { addApps } from '../stacks/many-apps';
import { clock, taskArguments } from './clock';

const { outdir, count } = taskArguments();
const app = new App({ outdir });
addApps(app, count);
const documents = app.node.children.map((chart) =>
  chart.node
    .findAll()
    .filter((each) => ApiObject.isApiObject(each))
    .map((each): unknown => (each as ApiObject).toJson()),
);
clock(() => documents.forEach((each) => Yaml.stringify(...each)));
