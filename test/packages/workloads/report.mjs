/** What every workload shares: where its packages are, and how it tells its result to the test. */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { processAllocator } from 'allomorph';

const installed = path.resolve(import.meta.dirname, '..', '..', '..', 'out', 'packages');

/** Loads one of the packages that install.mjs has installed. */
export const load = createRequire(path.join(installed, 'package.json'));

/**
 * Prints what the process ran on and its output, which has to be the same on every allocator;
 * `details` need not be.
 */
export function report(output, details = {}) {
  const { name, library, source } = processAllocator();
  console.log(JSON.stringify({ output, details, allocator: { name, library, source } }));
}

export function digest(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** The same bytes in every run; about half of what random bytes would leave when compressed. */
export function bytes(length, seed) {
  const result = Buffer.alloc(length);
  let state = seed >>> 0 || 1;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // Numerical Recipes, "ranqd1"
    result[index] = (state >>> 24) & 0x0f;
  }
  return result;
}
