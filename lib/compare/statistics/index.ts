export { fewestRuns, isDistinct } from './distinct.js';
export { metricValues } from './metric-values.js';
export { outcomesOf } from './outcomes.js';
export { summarize, type Summary } from './summarize.js';
