import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { AllomorphError } from '../errors/error.js';
import { exportedNames } from '../elf/exported-names.js';
import { readElfHeader } from '../elf/header.js';
import { machineName } from '../elf/machine.js';
import { ownHeader } from '../process/check-library.js';
import { show } from '../support/show.js';
import { findInterface, isComplete, type LibraryInterface } from './interface.js';

/** A library file that could be an allocator, as far as that can be told without running it. */
export interface LibraryFile extends LibraryInterface {
  /** Absolute, all links followed. */
  readonly path: string;
  /** Tells this content from what the path holds later or elsewhere. */
  readonly identity: string;
  /** Bytes of thread-local variables in every thread, from its start; 0: none need that. */
  readonly staticTls: number;
}

/**
 * Reads the file and runs nothing of it.
 * @throws ERR_ALLOMORPH_INVALID_ARGUMENT for a path that is none, ERR_ALLOMORPH_LIBRARY for all that
 * the file is not; with `found` and `missing` in `values` when symbols are
 */
export function inspectLibrary(file: unknown, prefix?: string): LibraryFile {
  requireElf();
  const real = realFile(file);
  const header = reading(real.path, readElfHeader);
  if (header === null) throw refuse(real.path, 'is no shared library: it is not an ELF file');
  const own = ownHeader();
  if (header.bits !== own.bits || header.machine !== own.machine) {
    throw refuse(
      real.path,
      `is built for ${machineName(header.machine)} (${String(header.bits)} bits), and Node here is ${process.arch}`,
      `Build or install it for ${process.arch}.`,
    );
  }
  if (!header.complete) {
    throw refuse(real.path, 'is truncated: its segments reach beyond its end', 'Install it again.');
  }
  const symbols = reading(real.path, exportedNames);
  refuseOwn(real.path, symbols);
  const found = findInterface(symbols, prefix);
  if (isComplete(found)) return { ...found, ...real, staticTls: header.staticTls };
  throw new AllomorphError(
    'ERR_ALLOMORPH_LIBRARY',
    found.found.length === 0
      ? `${real.path} exports neither the five functions (${prefix ?? '__rust_'}allocate, …) nor a malloc family ` +
          `(${prefix ?? ''}malloc, free, realloc and posix_memalign)` +
          `${prefix === undefined ? '' : ` with the prefix ${show(prefix)}`}. ` +
          'Export them (extern "C", default visibility), or name their prefix.'
      : `${real.path} exports ${found.found.join(', ')}, but not ${found.missing.join(', ')}. ` +
          'Export all of them (extern "C", default visibility).',
    { path: real.path, found: found.found, missing: found.missing },
  );
}

function requireElf(): void {
  if (process.platform === 'linux') return;
  throw new AllomorphError(
    'ERR_ALLOMORPH_UNAVAILABLE',
    `Allocators can be loaded from shared libraries on Linux only, not on ${process.platform}: what a library ` +
      'exports is read from its ELF file before any of it runs. Use system or jemalloc.',
    { platform: process.platform },
  );
}

function realFile(file: unknown): { path: string; identity: string } {
  if (typeof file !== 'string' || !path.isAbsolute(file) || file.includes('\0')) {
    throw new AllomorphError(
      'ERR_ALLOMORPH_INVALID_ARGUMENT',
      `The path of a library must be absolute, got ${show(file)}. Make it so: path.resolve('libmy.so'), or ` +
        "fileURLToPath(new URL('libmy.so', import.meta.url)) beside a module.",
      { path: file },
    );
  }
  try {
    const real = realpathSync(file);
    const stats = statSync(real, { bigint: true });
    if (!stats.isFile()) {
      throw refuse(
        file,
        stats.isDirectory() ? 'is a folder' : 'is not a file',
        'Name the .so file itself.',
      );
    }
    const identity = [stats.dev, stats.ino, stats.size, stats.mtimeNs].join(':');
    return { path: real, identity };
  } catch (error) {
    if (error instanceof AllomorphError) throw error;
    throw unreadable(file, error);
  }
}

function reading<T>(file: string, read: (file: string) => T): T {
  try {
    return read(file);
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): AllomorphError {
  const { code } = error as NodeJS.ErrnoException;
  const reason =
    code === 'ENOENT' || code === 'ENOTDIR' ? 'does not exist' : `cannot be read (${String(code)})`;
  return refuse(file, reason, "Give the absolute path of an allocator's .so file.", error);
}

/** Our own export the five functions, or a malloc, too, and lead back to what they stand for. */
function refuseOwn(file: string, symbols: ReadonlySet<string>): void {
  const name = path.basename(file);
  if (!symbols.has('allomorph_copy') && !/^liballomorph-(?:malloc|guard)\.so$/.test(name)) return;
  throw refuse(
    file,
    "is part of allomorph itself: its functions go to the program's allocator and would call themselves",
    'Use system or jemalloc of this package.',
  );
}

function refuse(file: string, reason: string, advice = '', cause?: unknown): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_LIBRARY',
    `${file} ${reason}.${advice === '' ? '' : ` ${advice}`}`,
    { path: file },
    cause === undefined ? undefined : { cause },
  );
}
