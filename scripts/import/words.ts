/** `tlsConfig` → `TlsConfig`, `query_offset` → `QueryOffset`. */
export function pascalCase(field: string): string {
  return field
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join('');
}

/** `ServiceMonitor` → `service-monitor`. */
export function kebabCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])/g, '$1$3-$2$4').toLowerCase();
}

/** One of what a list or a map of this name holds: `relabelings` → `relabeling`, `policies` → `policy`. */
export function singular(field: string): string {
  if (/(status|aliases)$/i.test(field)) return field.replace(/(alias)es$/i, '$1');
  if (/ies$/.test(field)) return field.replace(/ies$/, 'y');
  if (/(ss|x|ch|sh)es$/.test(field)) return field.replace(/es$/, '');
  return /[^s]s$/.test(field) ? field.slice(0, -1) : field;
}

/** The words that all names end in: `SecretKeySelector` and `ConfigMapKeySelector` → `KeySelector`. */
export function commonEnding(names: readonly string[]): string {
  const split = names.map((name) => name.match(/[A-Z]+(?![a-z])|[A-Z][a-z0-9]*/g) ?? [name]);
  const [first, ...others] = split;
  let count = 0;
  while (
    first &&
    count < first.length &&
    others.every((words) => words[words.length - 1 - count] === first[first.length - 1 - count])
  ) {
    count += 1;
  }
  return first ? first.slice(first.length - count).join('') : '';
}
