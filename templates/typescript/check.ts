import { checkAllocator } from 'allomorph';
import { allocator } from './allocator.js';

const { passed, rules } = checkAllocator(allocator);
for (const { id, outcome, text, counterExample } of rules) {
  console.log(`${outcome.padEnd(14)}  ${id.padEnd(23)}  ${text}`);
  if (counterExample !== null) console.log(`    ${counterExample.message}`);
}
process.exitCode = passed ? 0 : 1;
