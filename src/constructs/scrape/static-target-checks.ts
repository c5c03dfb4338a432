import { isIP } from 'node:net';
import type { ScrapeConfigOptions } from './scrape-config-options';
import type { ScrapeReport } from './target-checks';

/**
 * Addresses that no scrape would come to, or another one than is meant. Prometheus refuses its whole configuration for some.
 * Source: prometheus, config/config.go, `CheckTargetAddress`, and scrape/target.go, `PopulateLabels`.
 */
export function checkHosts(
  place: string,
  targets: readonly string[],
  { relabelings = [], scheme }: Pick<ScrapeConfigOptions, 'relabelings' | 'scheme'>,
  report: ScrapeReport,
): void {
  // rules make any address of a target, so that it can be anything itself
  const isMadeByRules = relabelings.some(({ targetLabel }) => targetLabel === '__address__');
  targets.forEach((target, index) => {
    const where = `${place}[${index}] '${target}'`;
    if (target.trim() === '') return;
    if (target.includes(',')) {
      const parts = target.split(',').map((part) => `'${part.trim()}'`);
      report('scrape/target', `${where} is several addresses in one text`, `write ${parts.join(', ')}`);
    } else if (target.includes('/')) {
      checkPlainAddress(where, target, report);
    } else if (/\s/.test(target)) {
      report('scrape/target', `${where} has a space, which no address has`, `write '${target.replace(/\s/g, '')}'`);
    } else if (!isMadeByRules && isIP(target) !== 6) {
      checkPort(where, target, scheme, report);
    }
  });
}

function checkPlainAddress(where: string, target: string, report: ScrapeReport): void {
  const [, scheme, host = '', path = ''] = /^(?:(https?):\/\/)?([^/]*)(\/.*)?$/i.exec(target) ?? [];
  const rest = [
    ...(scheme?.toLowerCase() === 'https' ? ["scheme: 'https'"] : []),
    ...(path === '' || path === '/' ? [] : [`path: '${path}'`]),
  ];
  report(
    'scrape/target',
    `${where} is an address with a scheme or a path, of which Prometheus takes none`,
    host === ''
      ? "write it as 'host:9100'"
      : `write '${host}'${rest.length > 0 ? `, and ${rest.join(' and ')} beside` : ''}`,
  );
}

function checkPort(where: string, target: string, scheme: string | undefined, report: ScrapeReport): void {
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(target) ?? [];
  if (port === undefined) {
    const usual = scheme === 'https' ? 443 : 80;
    const fix = `write the port too: '${target}:9100', or '${target}:${usual}' where that is the one`;
    report('scrape/target', `${where} has no port: Prometheus asks ${usual}`, fix, 'warning');
  } else if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65535) {
    report('scrape/target', `${where} has no port from 1 to 65535 after the :`, `write one, such as '${host}:9100'`);
  }
}
