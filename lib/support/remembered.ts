import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { variable } from './environment.js';

const inThisThread = new Set<string>();

export interface Memory {
  readonly isKnown: boolean;
  readonly remember: () => void;
}

/** What was tried, and what the outcome depends on. */
export interface Trial {
  /** A folder of the cache. */
  readonly kind: string;
  readonly file: string;
  /** What it depends on beside the file's content. */
  readonly conditions: readonly string[];
  /** False: it depends on more than that, so only this thread remembers it. */
  readonly lasting: boolean;
}

/**
 * That something was tried and went well: by the content of the file it was tried with, in this thread and in
 * the user's cache folder. It is a shortcut only: where the file cannot be read, or the cache not be written, it
 * is tried again next time.
 */
export function remembered({ kind, file, conditions, lasting }: Trial): Memory {
  const key = keyOf(file, conditions);
  if (key === undefined) return { isKnown: false, remember: () => undefined };
  const folder = lasting ? cacheFolder() : undefined;
  const mark = folder === undefined ? undefined : path.join(folder, kind, key);
  const here = `${kind} ${key}`;
  return {
    isKnown: inThisThread.has(here) || (mark !== undefined && existsSync(mark)),
    remember: () => {
      inThisThread.add(here);
      if (mark !== undefined) write(mark, `${file}\n`);
    },
  };
}

/** Bytes: reading more takes longer than the trial that it would save. */
const largestFile = 2 ** 25;

function keyOf(file: string, conditions: readonly string[]): string | undefined {
  const hash = createHash('sha256');
  try {
    const fd = openSync(file, 'r');
    try {
      if (fstatSync(fd).size > largestFile) return undefined;
      const piece = Buffer.alloc(2 ** 20);
      for (let count = 0; (count = readSync(fd, piece)) > 0;) {
        hash.update(piece.subarray(0, count));
      }
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
  return hash.update(`\0${conditions.join('\0')}`).digest('hex');
}

function write(mark: string, text: string): void {
  try {
    makeFolder(path.dirname(mark));
    writeFileSync(mark, text);
  } catch {
    // No room, or read-only.
  }
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

/**
 * The folder of the build scripts, too; scripts/jemalloc/cache.mjs. Undefined: a user without a home, as in many
 * containers, or a working directory that is gone.
 */
function cacheFolder(): string | undefined {
  try {
    const named = variable('ALLOMORPH_CACHE');
    if (named !== undefined) return path.resolve(named);
    const base = variable('XDG_CACHE_HOME');
    // The XDG specification: a relative value is to be ignored.
    if (base !== undefined && path.isAbsolute(base)) return path.join(base, 'allomorph');
    const home = os.homedir();
    return path.isAbsolute(home) ? path.join(home, '.cache', 'allomorph') : undefined;
  } catch {
    return undefined;
  }
}
