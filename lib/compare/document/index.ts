export * from './comparison.js';
export * from './environment.js';
export * from './metrics.js';
export * from './run.js';
export * from './verdict.js';
