export interface Target {
  readonly scrapeUrl: string;
  readonly health: string;
  readonly lastError: string;
}

/** The targets of a Prometheus; none while it does not answer yet. */
export async function readTargets(prometheusUrl: string): Promise<Target[]> {
  try {
    const response = await fetch(`${prometheusUrl}/api/v1/targets`, { signal: AbortSignal.timeout(2000) });
    return targetsIn(await response.json());
  } catch {
    return [];
  }
}

function targetsIn(answer: unknown): Target[] {
  const targets = field(field(answer, 'data'), 'activeTargets');
  if (!Array.isArray(targets)) return [];
  return targets.map((target: unknown) => ({
    scrapeUrl: String(field(target, 'scrapeUrl')),
    health: String(field(target, 'health')),
    lastError: String(field(target, 'lastError')),
  }));
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Whether a path of Prometheus is a page to look at: a build from source has no pages, Debian's has others. */
export async function hasPage(prometheusUrl: string, path: string): Promise<boolean> {
  try {
    const response = await fetch(`${prometheusUrl}${path}`, { signal: AbortSignal.timeout(2000) });
    return response.ok && (await response.text()).includes('<html');
  } catch {
    return false;
  }
}
