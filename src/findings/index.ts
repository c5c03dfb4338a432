export * from './construct-findings';
export * from './finding';
export * from './render-text';
export * from './near-miss';
export * from './shape';
export * from './scope';
export * from './stack-error';
