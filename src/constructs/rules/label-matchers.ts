/** Matchers in the order given, each value quoted as PromQL reads it. */
export function labelMatchers(labels: Readonly<Record<string, string>>): string {
  const matchers = Object.entries(labels).map(([name, value]) => `${name}=${quoted(value)}`);
  return matchers.length === 0 ? '' : `{${matchers.join(', ')}}`;
}

/** PromQL reads the escapes of JSON. What a YAML file must not hold as it is, is escaped as well. */
function quoted(value: string): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, escaped);
}
