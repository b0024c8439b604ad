export { createProgress, type Progress, type ProgressState } from './progress.js';
export { renderReport, type ReportOptions } from './report.js';
export { rssOverTime, typicalEnd } from './rss-over-time.js';
