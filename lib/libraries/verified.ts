import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { addon } from '../native/load.js';
import { variable } from '../support/environment.js';
import type { LibraryFile } from './inspect.js';

const inThisThread = new Set<string>();

/**
 * Which libraries have passed the conformance checks of this version: by their content, in this
 * thread and in the user's cache folder. Where that cannot be written, they are checked again next time.
 */
export function verificationOf(library: LibraryFile): { isKnown: boolean; remember: () => void } {
  const key = createHash('sha256')
    .update(readFileSync(library.path))
    .update(`\0${addon.version}\0${library.prefix}\0${String(library.isMalloc)}`)
    .digest('hex');
  const mark = path.join(cacheFolder(), 'conforming', key);
  return {
    isKnown: inThisThread.has(key) || existsSync(mark),
    remember: () => {
      inThisThread.add(key);
      try {
        makeFolder(path.dirname(mark));
        writeFileSync(mark, `${library.path}\n`);
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
