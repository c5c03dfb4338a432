import 'cdk8s';
import 'cdk8s-plus-28';
import { clock } from './clock';

// what a user's program loads anyway is there; what the package adds is measured
// eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would be over before the clock starts
clock(() => void require('../../src'));
