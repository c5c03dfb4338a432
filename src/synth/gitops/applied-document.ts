import type { Platform, PlatformProps } from '../../platform';
import type { SynthesizedDocument } from '../document';

/** A document, and what is known of the GitOps tool that applies it. */
export interface AppliedDocument {
  readonly document: SynthesizedDocument;
  readonly platform: Platform;
  readonly gitops: PlatformProps['gitops'];
}
