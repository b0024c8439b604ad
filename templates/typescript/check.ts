import { checkAllocator } from 'allomorph';
import { allocator } from './allocator.js';

// As `allomorph check` has them for a library.
const words = { passed: 'pass', failed: 'FAIL', 'not-applicable': '  - ' };
const { passed, rules } = checkAllocator(allocator);
for (const { id, outcome, text, counterExample, reason } of rules) {
  console.log(`${words[outcome]}  ${id.padEnd(23)}  ${text}`);
  if (counterExample !== null) console.log(`      ${counterExample.message}`);
  if (reason !== null) console.log(`      not applicable: ${reason}`);
}
process.exitCode = passed ? 0 : 1;
