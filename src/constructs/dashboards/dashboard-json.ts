import { createHash } from 'node:crypto';

/** A dashboard as Grafana exports it, classic model. */
export type DashboardJson = Readonly<Record<string, unknown>>;

/** Something that keeps Grafana from loading a dashboard. */
export interface DashboardProblem {
  readonly message: string;
  readonly fix: string;
}

interface DashboardInput {
  readonly name?: string;
  readonly type?: string;
  readonly pluginId?: string;
  readonly value?: unknown;
}

/** What is wrong with a dashboard as a whole. */
export function dashboardProblems(json: unknown): DashboardProblem[] {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return [{ message: 'the dashboard is no JSON object', fix: 'export it from Grafana as classic JSON' }];
  }
  if ('elements' in json || 'spec' in json) {
    return [
      {
        message: 'the dashboard is in the v2 model, which provisioning from files refuses',
        fix: 'export it with the model "Classic"',
      },
    ];
  }
  if (!('panels' in json) && !('rows' in json)) {
    return [{ message: 'the dashboard has no panels', fix: 'export it from Grafana as classic JSON' }];
  }
  const { title } = json as { title?: unknown };
  return typeof title === 'string' && title !== ''
    ? []
    : [{ message: 'the dashboard has no title', fix: 'give it a title, in the JSON or as a prop' }];
}

/**
 * A dashboard ready to be provisioned: an `id` belongs to one Grafana only, and the inputs of an export for sharing
 * (`${DS_PROMETHEUS}`) are filled in by hand in Grafana's import dialog, which provisioning does not have. A data source
 * becomes a variable `$datasource` that is chosen on the dashboard, without braces, since Flux would substitute those.
 */
export function provisionable(json: DashboardJson, changes: { title?: string; uid: string }): DashboardJson {
  const { __inputs, __requires: _requires, __elements, id: _id, ...dashboard } = json;
  const inputs = Array.isArray(__inputs) ? (__inputs as DashboardInput[]) : [];
  const variables = variablesOf(dashboard.templating);
  const replacements = new Map<string, string>();
  const added: Variable[] = [];
  for (const { name = '', type, pluginId = 'prometheus', value } of inputs) {
    if (type === 'datasource') {
      const variable = variableFor(added.length === 0 ? 'datasource' : name.toLowerCase(), pluginId, variables);
      replacements.set(`\${${name}}`, `$${variable.name}`);
      if (!variables.includes(variable)) added.push(variable);
    } else {
      replacements.set(`\${${name}}`, String(value ?? ''));
    }
  }
  const filled = replaceTexts(withLibraryPanels(dashboard, __elements), replacements) as Record<string, unknown>;
  return {
    ...filled,
    ...(added.length === 0
      ? {}
      : {
          templating: {
            ...(filled.templating as object | undefined),
            list: [...added, ...variablesOf(filled.templating)],
          },
        }),
    ...(changes.title === undefined ? {} : { title: changes.title }),
    uid: changes.uid,
  };
}

const longestUid = 40;

/**
 * A uid that Grafana takes: 40 letters, digits, - and _ at most. Where the parts are longer, a hash of all of them takes the
 * place of the end, so that two dashboards of one app do not become one.
 */
export function dashboardUid(...parts: readonly (string | undefined)[]): string {
  const text = parts.filter((part) => part !== undefined && part !== '').join('-');
  const uid = text.replace(/[^a-zA-Z0-9_-]/g, '-') || 'dashboard';
  if (uid.length <= longestUid) return uid;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8);
  return `${uid.slice(0, longestUid - 1 - hash.length)}-${hash}`;
}

/** JSON with sorted keys, so that exporting a dashboard again changes only what has changed. */
export function dashboardText(json: unknown, indent?: number): string {
  return JSON.stringify(sorted(json), undefined, indent);
}

interface Variable {
  readonly name?: string;
  readonly type?: string;
  readonly [field: string]: unknown;
}

function variablesOf(templating: unknown): readonly Variable[] {
  const list = (templating as { list?: unknown } | undefined)?.list;
  return Array.isArray(list) ? (list as Variable[]) : [];
}

/** The variable that chooses a data source: the dashboard may have it already, or use the name for something else. */
function variableFor(name: string, plugin: string, present: readonly Variable[]): Variable {
  const taken = present.find((variable) => variable.name === name);
  if (taken?.type === 'datasource' && taken.query === plugin) return taken;
  const free = taken === undefined ? name : `${name}_${plugin.replace(/\W/g, '_')}`;
  return { label: 'Data source', name: free, query: plugin, type: 'datasource' };
}

/** An export brings its library panels along, which provisioning does not read: each becomes a panel of the dashboard. */
function withLibraryPanels(dashboard: DashboardJson, elements: unknown): DashboardJson {
  if (typeof elements !== 'object' || elements === null) return dashboard;
  const models = elements as Record<string, { model?: object } | undefined>;
  const inlined = (panels: unknown): unknown =>
    Array.isArray(panels)
      ? (panels as Record<string, unknown>[]).map((panel) => {
          const { libraryPanel, ...own } = panel;
          const model = models[(libraryPanel as { uid?: string } | undefined)?.uid ?? '']?.model;
          const plain = model === undefined ? panel : { ...model, ...own };
          return 'panels' in plain ? { ...plain, panels: inlined(plain.panels) } : plain;
        })
      : panels;
  return 'panels' in dashboard ? { ...dashboard, panels: inlined(dashboard.panels) } : dashboard;
}

function replaceTexts(value: unknown, replacements: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    let text = value;
    for (const [from, to] of replacements) text = text.split(from).join(to);
    return text;
  }
  if (Array.isArray(value)) return value.map((item) => replaceTexts(item, replacements));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceTexts(item, replacements)]));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const source = value as Record<string, unknown>;
  return Object.fromEntries(
    Object.keys(source)
      .sort()
      .map((key) => [key, sorted(source[key])]),
  );
}
