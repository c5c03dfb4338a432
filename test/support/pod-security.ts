/**
 * The `restricted` Pod Security Standard, as kubernetes.io publishes it ("Pod Security Standards", which includes the
 * baseline), for the fields of pods that these tests make. Returns what it would refuse.
 */
export function restrictedViolations(podSpec: PodSpec): string[] {
  const faults: string[] = [];
  const pod = podSpec.securityContext ?? {};
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC'] as const) if (podSpec[field]) faults.push(field);
  for (const { name, ...source } of podSpec.volumes ?? []) {
    const allowed = [
      'configMap',
      'csi',
      'downwardAPI',
      'emptyDir',
      'ephemeral',
      'persistentVolumeClaim',
      'projected',
      'secret',
    ];
    if (!Object.keys(source).every((type) => allowed.includes(type))) faults.push(`volume ${name}`);
  }
  for (const container of [...podSpec.containers, ...(podSpec.initContainers ?? [])]) {
    const own = container.securityContext ?? {};
    const report = (fault: string) => faults.push(`${container.name}: ${fault}`);
    if (own.privileged) report('privileged');
    if (own.allowPrivilegeEscalation !== false) report('allowPrivilegeEscalation');
    if ((own.runAsNonRoot ?? pod.runAsNonRoot) !== true) report('runAsNonRoot');
    if ((own.runAsUser ?? pod.runAsUser) === 0) report('runAsUser');
    const seccomp = (own.seccompProfile ?? pod.seccompProfile)?.type;
    if (seccomp !== 'RuntimeDefault' && seccomp !== 'Localhost') report('seccompProfile');
    if (!own.capabilities?.drop?.includes('ALL')) report('capabilities.drop');
    if ((own.capabilities?.add ?? []).some((capability) => capability !== 'NET_BIND_SERVICE'))
      report('capabilities.add');
    if ((container.ports ?? []).some(({ hostPort }) => hostPort)) report('hostPort');
  }
  return faults;
}

interface SecurityContext {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly seccompProfile?: { readonly type: string };
  readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
}

interface Container {
  readonly name: string;
  readonly securityContext?: SecurityContext;
  readonly ports?: readonly { readonly hostPort?: number }[];
}

export interface PodSpec {
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly securityContext?: SecurityContext;
  readonly volumes?: readonly { readonly name: string }[];
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
}
