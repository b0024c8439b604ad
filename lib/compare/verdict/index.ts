export { verdictOf } from './verdict.js';
