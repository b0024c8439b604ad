import path from 'node:path';
import { inspectBinary, type Binary } from './binary.js';
import { deepbindUser } from './deepbind.js';
import type { ScanFacts } from './facts.js';
import type { FactSource } from './source.js';

/** Enough for any project; a search that was started in / ends after a second or two. */
const limits = { entries: 100_000, addons: 400, bytes: 2 ** 30, depth: 16 };

export interface Scan {
  readonly facts: ScanFacts;
  readonly addons: readonly Binary[];
  /** Other files that are known by name. */
  readonly deepbind: readonly string[];
}

/**
 * Addons below a folder, breadth first, so that a search that ends early has seen what is
 * nearest. Links are not followed: what they lead to is below the folder as well, or not part of it.
 */
export function scanAddons(source: FactSource, folder: string | null): Scan {
  const addons: Binary[] = [];
  const deepbind: string[] = [];
  let [files, entries, bytes] = [0, 0, 0];
  const end = (capped: string | null): Scan => ({
    facts: { folder, addons: files, capped },
    addons,
    deepbind,
  });
  if (folder === null) return end(null);
  const queue = [{ folder, depth: 0 }];
  for (const { folder: current, depth } of queue) {
    for (const entry of source.list(current)) {
      if (++entries > limits.entries) return end(`${String(limits.entries)} files and folders`);
      const file = path.posix.join(current, entry.name);
      if (entry.isDirectory() && !isSkipped(file) && depth < limits.depth) {
        queue.push({ folder: file, depth: depth + 1 });
      }
      if (!entry.isFile()) continue;
      if (!entry.name.endsWith('.node')) {
        if (deepbindUser(file) !== null) deepbind.push(file);
        continue;
      }
      if (++files > limits.addons) return end(`${String(limits.addons)} addons`);
      const content = source.bytes(file);
      bytes += content?.length ?? 0;
      const binary = content && inspectBinary(file, content);
      if (binary !== undefined) addons.push(binary);
      if (bytes > limits.bytes) return end(`${String(limits.bytes / 2 ** 20)} MiB of addons`);
    }
  }
  return end(null);
}

/** Version control has no addons; the kernel's file systems have no end. */
function isSkipped(folder: string): boolean {
  return /\/\.(?:git|hg|svn)$|^\/(?:proc|sys|dev)$/.test(folder);
}
