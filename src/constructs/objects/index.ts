export * from './defined-fields';
export * from './generated-object';
export * from './manifest';
export * from './refine';
export * from './render-cache';
export * from './names';
export * from './helm';
export * from './props';
