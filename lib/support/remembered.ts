import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { variable } from './environment.js';

const inThisThread = new Set<string>();

export interface Memory {
  readonly isKnown: boolean;
  readonly remember: () => void;
}

/**
 * That something was tried and went well: by the content of the file it was tried with, in this thread and in
 * the user's cache folder. Where that cannot be written, it is tried again next time.
 * @param kind what was tried: a folder of the cache
 * @param conditions what else it depends on
 */
export function remembered(kind: string, file: string, conditions: readonly string[]): Memory {
  const key = createHash('sha256')
    .update(readFileSync(file))
    .update(`\0${conditions.join('\0')}`)
    .digest('hex');
  const mark = path.join(cacheFolder(), kind, key);
  return {
    isKnown: inThisThread.has(mark) || existsSync(mark),
    remember: () => {
      inThisThread.add(mark);
      try {
        makeFolder(path.dirname(mark));
        writeFileSync(mark, `${file}\n`);
      } catch {
        // No home, no room, read-only: it was a shortcut only.
      }
    },
  };
}

/** With its parents, up to three: mkdir's own `recursive` does not end where a parent is in /proc. */
function makeFolder(folder: string, parents = 3): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || parents === 0) throw error;
    makeFolder(path.dirname(folder), parents - 1);
    mkdirSync(folder);
  }
}

/** The folder of the build scripts, too; scripts/jemalloc/cache.mjs. */
function cacheFolder(): string {
  const named = variable('ALLOMORPH_CACHE');
  if (named !== undefined) return path.resolve(named);
  const base = variable('XDG_CACHE_HOME');
  // The XDG specification: a relative value is to be ignored.
  const folder =
    base !== undefined && path.isAbsolute(base) ? base : path.join(os.homedir(), '.cache');
  return path.join(folder, 'allomorph');
}
