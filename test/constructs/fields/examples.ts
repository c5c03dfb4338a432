import type {
  AuthenticationOptions,
  OAuth2Options,
  RelabelingRule,
  TlsConnectionOptions,
} from '../../../src/platform/scrape-options';

/** Example values of the parts that monitors share, which together hold every field of each. */

export const secret = { name: 'credentials', key: 'token', optional: true };
export const configMap = { name: 'authority', key: 'ca.crt', optional: true };

export const authorization: AuthenticationOptions['authorization'] = { type: 'Bearer', credentials: secret };
export const basicAuth: AuthenticationOptions['basicAuth'] = { username: secret, password: secret };

export const tlsConfigs: readonly TlsConnectionOptions[] = [
  {
    ca: { configMap },
    cert: { secret },
    keySecret: secret,
    serverName: 'checkout',
    insecureSkipVerify: false,
    minVersion: 'TLS12',
    maxVersion: 'TLS13',
  },
  { ca: { secret }, cert: { configMap }, keySecret: secret },
];

export const tokens = {
  clientSecret: secret,
  tokenUrl: 'https://login.example/token',
  scopes: ['metrics'],
  endpointParams: { audience: 'a' },
} satisfies Partial<OAuth2Options>;

export const oauth2s: readonly OAuth2Options[] = [
  { ...tokens, clientId: { secret }, tlsConfig: tlsConfigs[0], proxyUrl: 'http://proxy:3128', noProxy: 'localhost' },
  {
    ...tokens,
    clientId: { configMap },
    tlsConfig: tlsConfigs[1],
    proxyFromEnvironment: true,
    proxyConnectHeader: { 'Proxy-Authorization': [secret] },
  },
];

/** Rules that together hold every field of one. */
const rulesOver = (label: string): readonly RelabelingRule[] => [
  { action: 'replace', sourceLabels: [label], separator: '-', regex: '(.+)', replacement: '$1', targetLabel: 'area' },
  { action: 'hashmod', sourceLabels: ['area'], modulus: 4, targetLabel: 'part' },
];
export const rules = rulesOver('__address__');
export const metricRules = rulesOver('__name__');
