import { renderFindings } from '../../src';
import { excerptDifferences } from './excerpts';
import { Sample } from './pages';
import { run } from './run';

/** What a page says of a block and is not so; each with file and line. */
export async function sampleProblems(sample: Sample): Promise<string[]> {
  const { ts, yaml, says } = sample;
  const here = `${ts.page}:${ts.line}`;
  const { documents, findings, output } = await run(sample);
  const report = renderFindings(findings.filter(({ severity }) => severity !== 'info' || says !== undefined));
  if (says === undefined && report !== '')
    return [`${here}: the block has findings that the page does not show:\n${report}`];
  const problems: string[] = [];
  if (says !== undefined) {
    const said = /^(?:\w+: )?\d/.test(says.code) ? output : report;
    if (!said.includes(says.code)) {
      problems.push(
        `${says.page}:${says.line}: the page says:\n${says.code}\nbut the block says:\n${said || 'nothing'}`,
      );
    }
  }
  for (const { page, line, code } of yaml) {
    if (documents === undefined) {
      problems.push(`${page}:${line}: the block above gives no YAML: it has no variable 'app', or errors:\n${report}`);
      continue;
    }
    problems.push(...excerptDifferences(code, documents).map((text) => `${page}:${line}: ${text}`));
  }
  return problems;
}
