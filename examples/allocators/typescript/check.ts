import { checkAllocator } from 'allomorph';
import { createRegionAllocator } from './region-allocator';

const { allocator, close } = createRegionAllocator();
const { passed, rules } = checkAllocator(allocator);
for (const { id, outcome, text, counterExample } of rules) {
  console.log(`${outcome.padEnd(14)}  ${id.padEnd(23)}  ${text}`);
  if (counterExample !== null) console.log(`    ${counterExample.message}`);
}
close();
process.exitCode = passed ? 0 : 1;
