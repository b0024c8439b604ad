import type { Rule } from './rule.js';
import { rules } from './rules/index.js';

const tried = () => undefined;

/** What is asked of a library before there is an allocator to try. */
export const symbolsRule: Rule = {
  id: 'symbols',
  text: 'the library exports the five functions, or malloc, free, realloc and an aligned allocation',
  clause: 'The five functions',
  run: tried,
};
export const loadRule: Rule = {
  id: 'load',
  text: 'the library can be loaded into a running process',
  clause: 'Rules around it: behaviour when a shared library is loaded',
  run: tried,
};

/** All rules for a library, in the order they are tried. */
export const libraryRules: readonly Rule[] = [symbolsRule, loadRule, ...rules];
