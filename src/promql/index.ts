export * from './duration';
export * from './regular-expression';
export * from './syntax';
export * from './template';
