import {
  annotationKeyFault,
  annotationValueFault,
  labelKeyFault,
  labelValueFault,
  MetadataFault,
  dnsLabelFault,
  objectNameFault,
} from '../../src/kubernetes/metadata-rules';

const suggestions = (fault: MetadataFault | undefined) => (fault ? fault.suggestion : 'valid');

describe('a name', () => {
  test.each([
    ['', 'ConfigMap', 'kube-root-ca.crt'],
    ['', 'ConfigMap', `${'a'.repeat(250)}.bc`],
    ['', 'Service', 'a1-b'],
    ['', 'Service', 'a'.repeat(63)],
    ['', 'Namespace', '9lives'],
    ['apps', 'Deployment', '1.2.3'],
    ['apiextensions.k8s.io', 'CustomResourceDefinition', 'widgets.example.com'],
    ['rbac.authorization.k8s.io', 'ClusterRole', 'system:node'],
    ['rbac.authorization.k8s.io', 'RoleBinding', 'A User@example.com'],
    ['networking.k8s.io', 'IPAddress', '2001:db8::1'],
    ['certificates.k8s.io', 'ClusterTrustBundle', 'example.com:signer:x'],
    ['user.openshift.io', 'Group', 'Cluster Admins'],
    ['serving.knative.dev', 'Service', '9.dots.are.fine'],
    ['batch', 'CronJob', 'a'.repeat(52)],
    ['', 'Service', '{{ .Release.Name }}-web'],
    ['', 'Service', '${CLUSTER}_web'],
  ])('of %s %s may be %s', (group, kind, name) => {
    expect(objectNameFault(group, kind, name)).toBeUndefined();
  });

  test.each([
    ['', 'ConfigMap', 'Not_Valid NAME!', 'not-valid-name'],
    ['', 'ConfigMap', 'a..b', 'a.b'],
    ['', 'ConfigMap', '-a-', 'a'],
    ['', 'ConfigMap', '___', undefined],
    ['', 'ConfigMap', '', undefined],
    ['', 'ConfigMap', 'ünï', 'n'],
    ['', 'ConfigMap', 'a'.repeat(254), 'a'.repeat(253)],
    ['', 'ConfigMap', 'a\n', 'a'],
    ['', 'Service', '9lives', 'svc-9lives'],
    ['', 'Service', 'with.dot', 'with-dot'],
    ['', 'Service', 'a'.repeat(64), 'a'.repeat(63)],
    ['', 'Namespace', 'with.dot', 'with-dot'],
    ['batch', 'CronJob', 'a'.repeat(53), 'a'.repeat(52)],
    ['rbac.authorization.k8s.io', 'Role', 'a/b', 'a:b'],
    ['rbac.authorization.k8s.io', 'Role', '..', undefined],
  ])('of %s %s may not be %j, but %j', (group, kind, name, suggestion) => {
    const fault = objectNameFault(group, kind, name);
    expect(fault?.expectation).toMatch(/^must be /);
    expect(suggestions(fault)).toBe(suggestion);
    if (suggestion !== undefined) expect(objectNameFault(group, kind, suggestion)).toBeUndefined();
  });
});

test.each([
  ['shop', 'valid'],
  ['1', 'valid'],
  ['Shop', 'shop'],
  ['a.b', 'a-b'],
  ['a'.repeat(64), 'a'.repeat(63)],
])('the namespace %j: %j', (namespace, expected) => {
  expect(suggestions(dnsLabelFault(namespace))).toBe(expected);
});

test.each([
  ['app', 'valid'],
  ['app.kubernetes.io/name', 'valid'],
  ['a.b/C_d.E-f', 'valid'],
  ['a'.repeat(63), 'valid'],
  ['{{ .Values.key }}', 'valid'],
  ['a b', 'a-b'],
  ['Example.com/x', 'example.com/x'],
  ['a/b/c', 'a/b-c'],
  ['/x', undefined],
  ['x/', undefined],
  ['', undefined],
  ['_x', 'x'],
  ['a'.repeat(64), 'a'.repeat(63)],
  [`${'a'.repeat(254)}/x`, `${'a'.repeat(253)}/x`],
])('the label key %j: %j', (key, expected) => {
  expect(suggestions(labelKeyFault(key))).toBe(expected);
  if (expected !== undefined && expected !== 'valid') expect(labelKeyFault(expected)).toBeUndefined();
});

test('an annotation key may have upper case letters in its prefix, a label key may not', () => {
  expect(annotationKeyFault('Example.com/x')).toBeUndefined();
  expect(labelKeyFault('Example.com/x')).toBeDefined();
  expect(suggestions(annotationKeyFault('a b'))).toBe('a-b');
});

test.each([
  ['', 'valid'],
  ['1.4.2', 'valid'],
  ['A_b-c.D', 'valid'],
  ['a'.repeat(63), 'valid'],
  ['{{ .Chart.Version }}', 'valid'],
  ['a b', 'a-b'],
  ['-a-', 'a'],
  ['a'.repeat(64), 'a'.repeat(63)],
  ['//', undefined],
  [1, '1'],
  [true, 'true'],
  [{}, undefined],
])('the label value %j: %j', (value, expected) => {
  expect(suggestions(labelValueFault(value))).toBe(expected);
});

test('an annotation value is any text, but text', () => {
  expect(annotationValueFault(' anything\n')).toBeUndefined();
  expect(suggestions(annotationValueFault(8080))).toBe('8080');
});
