/**
 * Kubernetes' rules for names, labels and annotation keys, from `k8s.io/apimachinery/pkg/util/validation` and the
 * validation packages of its APIs. Text that is only filled in later, by Helm (`{{ … }}`) or Flux (`${…}`), is not judged.
 */

/** What is wrong with a piece of metadata. */
export interface MetadataFault {
  /** What was expected, to be read after the value: `must be …`. */
  readonly expectation: string;
  /** A valid spelling that is close to what was given, where there is one. */
  readonly suggestion?: string;
}

/** A fault of `what`, such as `the name 'A'`, in words. */
export function metadataProblem(
  what: string,
  { expectation, suggestion }: MetadataFault,
): { readonly message: string; readonly fix: string } {
  const fix = suggestion === undefined ? 'choose a valid one' : `write '${suggestion}'`;
  return { message: `${what} ${expectation}`, fix };
}

/** A value as text of a message, whatever its type. */
export function quoted(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(JSON.stringify(value));
}

const longestSubdomain = 253;
const longestLabel = 63;
/** The controller appends eleven characters to name its jobs. */
const longestCronJob = 52;

const label1123 = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const label1035 = /^[a-z](?:[a-z0-9-]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const qualifiedPart = /^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?$/;
const placeholder = /\{\{|\$\{/;

/** Kinds whose names only have to be a segment of a URL path. */
const pathSegmentKinds = new Set([
  'certificates.k8s.io/CertificateSigningRequest',
  'certificates.k8s.io/ClusterTrustBundle',
  'networking.k8s.io/IPAddress',
]);

/**
 * @param group the API group, empty for the core group
 * @returns undefined if Kubernetes takes the name
 */
export function objectNameFault(group: string, kind: string, name: string): MetadataFault | undefined {
  if (placeholder.test(name)) return undefined;
  if (allowsPathSegment(group, kind)) return pathSegmentFault(name);
  if (group === '' && kind === 'Namespace') return dnsLabelFault(name);
  if (group === '' && kind === 'Service') {
    if (label1035.test(name) && name.length <= longestLabel) return undefined;
    const label = asLabel(name, longestLabel);
    return {
      expectation:
        'must be an RFC 1035 label, as a Service is a DNS name: a-z, 0-9 and -, a letter first, at most 63 characters',
      suggestion: /^[0-9]/.test(label) ? asLabel(`svc-${label}`, longestLabel) : label || undefined,
    };
  }
  const longest = group === 'batch' && kind === 'CronJob' ? longestCronJob : longestSubdomain;
  return subdomainFault(name, longest);
}

/** For `metadata.namespace`, and for names that become a part of a DNS name, such as those of namespaces and containers. */
export function dnsLabelFault(name: string, longest = longestLabel): MetadataFault | undefined {
  if (placeholder.test(name) || (label1123.test(name) && name.length <= longest)) return undefined;
  const length = name.length > longest ? ` (it has ${name.length})` : '';
  return {
    expectation: `must be an RFC 1123 label: a-z, 0-9 and -, a letter or digit first and last, at most ${longest} characters${length}`,
    suggestion: asLabel(name, longest) || undefined,
  };
}

export function labelKeyFault(key: string): MetadataFault | undefined {
  return qualifiedNameFault(key, (prefix) => prefix);
}

/** Annotation keys are compared in lower case, so that their prefix may have upper case letters. */
export function annotationKeyFault(key: string): MetadataFault | undefined {
  return qualifiedNameFault(key, (prefix) => prefix.toLowerCase());
}

export function labelValueFault(value: unknown): MetadataFault | undefined {
  if (typeof value !== 'string') return notTextFault(value);
  if (value === '' || placeholder.test(value) || (qualifiedPart.test(value) && value.length <= longestLabel)) {
    return undefined;
  }
  return {
    expectation: 'must be empty, or A-Z, a-z, 0-9, -, _ and ., a letter or digit first and last, at most 63 characters',
    suggestion: asQualifiedPart(value) || undefined,
  };
}

export function annotationValueFault(value: unknown): MetadataFault | undefined {
  return typeof value === 'string' ? undefined : notTextFault(value);
}

function notTextFault(value: unknown): MetadataFault {
  const scalar = typeof value === 'number' || typeof value === 'boolean';
  return { expectation: 'must be text', suggestion: scalar ? String(value) : undefined };
}

function allowsPathSegment(group: string, kind: string): boolean {
  return (
    group === 'rbac.authorization.k8s.io' || group.endsWith('.openshift.io') || pathSegmentKinds.has(`${group}/${kind}`)
  );
}

function pathSegmentFault(name: string): MetadataFault | undefined {
  if (name !== '' && name !== '.' && name !== '..' && !/[/%]/.test(name)) return undefined;
  return {
    expectation: "must be a path segment: not '.' or '..', without / and %",
    suggestion: name.replace(/[/%]+/g, ':').replace(/^\.+$/, '') || undefined,
  };
}

function subdomainFault(name: string, longest: number): MetadataFault | undefined {
  if (subdomain.test(name) && name.length <= longest) return undefined;
  return {
    expectation: `must be an RFC 1123 subdomain: a-z, 0-9, - and ., a letter or digit first and last, at most ${longest} characters`,
    suggestion: asSubdomain(name, longest) || undefined,
  };
}

function qualifiedNameFault(key: string, readPrefix: (prefix: string) => string): MetadataFault | undefined {
  if (placeholder.test(key)) return undefined;
  const slash = key.indexOf('/');
  const prefix = slash === -1 ? undefined : key.slice(0, slash);
  const name = key.slice(slash + 1);
  const prefixIsValid = prefix === undefined || !subdomainFault(readPrefix(prefix), longestSubdomain);
  if (prefixIsValid && qualifiedPart.test(name) && name.length <= longestLabel) return undefined;
  const fixed = [
    ...(prefix === undefined ? [] : [asSubdomain(prefix, longestSubdomain)]),
    asQualifiedPart(name.replace(/\//g, '-')),
  ];
  return {
    expectation:
      'must be a name of A-Z, a-z, 0-9, -, _ and ., a letter or digit first and last, at most 63 characters, behind an optional DNS subdomain and /',
    suggestion: fixed.every((part) => part !== '') ? fixed.join('/') : undefined,
  };
}

function asLabel(text: string, longest: number): string {
  return trim(text.toLowerCase().replace(/[^a-z0-9-]+/g, '-'))
    .slice(0, longest)
    .replace(/-+$/, '');
}

function asSubdomain(text: string, longest: number): string {
  const labels = text
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .split('.')
    .map(trim);
  return labels
    .filter((label) => label !== '')
    .join('.')
    .slice(0, longest)
    .replace(/[-.]+$/, '');
}

function asQualifiedPart(text: string): string {
  return text
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, longestLabel)
    .replace(/[^A-Za-z0-9]+$/, '');
}

function trim(label: string): string {
  return label.replace(/^-+|-+$/g, '');
}
