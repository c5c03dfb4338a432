/** The suffixes that the samples of a family carry. Source: prometheus.io/docs, "Exposition formats"; OpenMetrics 1.0. */
const suffixes = ['_total', '_bucket', '_sum', '_count', '_created', '_info'];

/** Is a sample of this name one of a family's? */
export function isOfFamily(sample: string, family: string): boolean {
  return sample === family || suffixes.some((suffix) => sample === `${family}${suffix}`);
}

/** Does an exposition (Prometheus text or OpenMetrics) declare a family, or hold a sample of it? */
export function exposes(exposition: string, family: string): boolean {
  return exposition.split(/\r?\n/).some((line) => {
    const [, declared, sample] = /^(?:# TYPE +([^ ]+) |([a-zA-Z_:][a-zA-Z0-9_:]*)[ {])/.exec(line) ?? [];
    return declared === family || (sample !== undefined && isOfFamily(sample, family));
  });
}
