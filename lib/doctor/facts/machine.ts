import { readFileSync } from 'node:fs';
import path from 'node:path';
import { binary } from '../../native/binaries.js';
import type { MachineFacts } from './facts.js';
import type { FactSource } from './source.js';

/** `[always] madvise never` → `always`; null for a kernel without them. */
export function hugePages(source: FactSource): string | null {
  const setting = source.text('/sys/kernel/mm/transparent_hugepage/enabled');
  return /\[(\w+)\]/.exec(setting ?? '')?.[1] ?? null;
}

/**
 * The jemalloc of this package, and the page size it was configured for. It works with any page
 * up to that; with a larger one it says "Unsupported system page size" and every allocation fails.
 */
export function preloadLibrary(): MachineFacts['preloadLibrary'] {
  const file = binary('liballomorph-jemalloc.so');
  if (file === undefined) return null;
  return { path: file, pageSize: 2 ** lgPage(path.join(path.dirname(file), 'build.json')) };
}

function lgPage(description: string): number {
  try {
    const text = readFileSync(description, 'utf8');
    const flag = /"preload": \[[^\]]*--with-lg-page=(\d+)/.exec(text)?.[1];
    if (flag !== undefined) return Number(flag);
  } catch {
    // A build without its description: what jemalloc takes by default.
  }
  return 12;
}
