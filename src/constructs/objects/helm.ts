import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { IConstruct } from 'constructs';
import { renderOnce } from './render-cache';

/**
 * A text with `{{ }}` of its own (a template of Prometheus, a legend of Grafana) as it must stand in a Helm chart, which
 * would evaluate it. Actions that are plainly Helm's (`.Values`, `.Release`, `.Chart`, `include`) stay for Helm.
 *
 * `cdk8s synth --format helm` tells an app nothing but its output folder: `templates`, beside a `Chart.yaml` that it writes
 * first. Source: cdk8s-cli, src/cli/cmds/synth.ts.
 */
export function withoutHelmActions(text: string, construct: IConstruct): string {
  if (!text.includes('{{') || !writesHelmChart(construct)) return text;
  // Backquotes: YAML and JSON would put a \ in front of other quotes, which Helm reads before it reads the YAML.
  return text.replace(/\{\{.*?\}\}|\{\{/gs, (action) =>
    /\.(Values|Release|Chart|Capabilities)\b|\binclude\b/.test(action)
      ? action
      : action.replace(/\{\{|\}\}/g, (braces) => `{{ \`${braces}\` }}`),
  );
}

function writesHelmChart({ node: { root } }: IConstruct): boolean {
  return renderOnce(root, 'writes a Helm chart', () => {
    const { outdir } = root as { outdir?: string };
    return outdir !== undefined && basename(outdir) === 'templates' && existsSync(join(dirname(outdir), 'Chart.yaml'));
  });
}
