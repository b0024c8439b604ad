import type { Rule } from '../rule.js';
import { allocateRules } from './allocate.js';
import { exhaustionRules } from './exhaustion.js';
import { inplaceRules } from './inplace.js';
import { modelRules } from './model.js';
import { overlapRule } from './overlap.js';
import { reallocateRules } from './reallocate.js';
import { threadsRule } from './threads.js';
import { usableRules } from './usable.js';

/** In the order they are tried: what others build on comes first. */
export const rules: readonly Rule[] = [
  ...allocateRules,
  overlapRule,
  ...reallocateRules,
  ...usableRules,
  ...exhaustionRules,
  ...inplaceRules,
  ...modelRules,
  threadsRule,
];
