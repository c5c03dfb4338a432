import { IConstruct } from 'constructs';
import { whileUnchanged } from '../../findings';

/*
 * Several constructs look at the same rendered object while an app synthesizes: a Service and a NetworkPolicy both need
 * the ports of the workload. Between syntheses a user may change anything, so what was rendered is remembered only while
 * one is running.
 */
let rendered: Map<object, Map<string, unknown>> | undefined;

/** Remembers what {@link renderOnce} renders until `work` is done. */
export function duringSynthesis<T>(work: () => T): T {
  if (rendered) return work();
  rendered = new Map();
  try {
    return whileUnchanged(work);
  } finally {
    rendered = undefined;
  }
}

/** The value that `render` gives for an owner and a purpose: computed once while an app synthesizes, else each time. */
export function renderOnce<T>(owner: object, purpose: string, render: () => T): T {
  if (!rendered) return render();
  let ofOwner = rendered.get(owner);
  if (!ofOwner) rendered.set(owner, (ofOwner = new Map<string, unknown>()));
  if (!ofOwner.has(purpose)) ofOwner.set(purpose, render());
  return ofOwner.get(purpose) as T;
}

const rootsThatRemember = new WeakSet<IConstruct>();

/**
 * Lets the synthesis of an app remember what it has rendered. A plain cdk8s `App` renders and validates everything again
 * for each of its charts; for ours as for theirs, `synth` and `synthYaml` of the instance are where that begins and ends.
 */
export function rememberDuringSynth(root: IConstruct): void {
  if (rootsThatRemember.has(root)) return;
  rootsThatRemember.add(root);
  const app = root as IConstruct & Partial<Record<'synth' | 'synthYaml', () => unknown>>;
  for (const method of ['synth', 'synthYaml'] as const) {
    const original = app[method];
    if (typeof original === 'function') app[method] = () => duringSynthesis(() => original.call(app));
  }
}
