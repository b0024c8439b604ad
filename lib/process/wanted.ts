import path from 'node:path';
import { installedLibraries, kindOfFile } from '../allocators/installed.js';
import { binary } from '../native/binaries.js';
import { addon } from '../native/load.js';
import { checkLibrary } from './check-library.js';
import { LaunchError } from './failure.js';
import { requireLinux } from './platform.js';

/** What a whole process is to run on. */
export interface Wanted {
  /** Which dialect of settings it speaks. */
  readonly kind: string;
  /** Absolute path of the library to preload; null: the C library's own malloc. */
  readonly library: string | null;
  /** Whether it is the jemalloc of this package. */
  readonly isOwn: boolean;
}

export const allocatorNames = [
  'jemalloc',
  'system',
  'mimalloc',
  'tcmalloc',
  'snmalloc',
  'rpmalloc',
] as const;

/** Debian's packages, for the message when one is not there. */
const packages: Readonly<Record<string, string>> = {
  mimalloc: 'libmimalloc2.0',
  tcmalloc: 'libtcmalloc-minimal4',
};

/**
 * The allocator of a name, or of an absolute path.
 * @param source the flag or variable that the name comes from
 * @throws LaunchError when there is no such allocator here, or its library cannot be used
 */
export function findWanted(name: string, source: string): Wanted {
  // Before anything is looked for: elsewhere, that a library is missing is not the reason.
  requireLinux();
  const found = (kind: string, file: string, isOwn = false): Wanted => ({
    kind,
    library: checkLibrary(file),
    isOwn,
  });
  if (name.startsWith('/')) return found(kindOfFile(name), name);
  switch (name) {
    case 'system':
      return { kind: addon.libc().name, library: null, isOwn: false };
    case 'jemalloc':
      return found('jemalloc', ownLibrary('liballomorph-jemalloc.so'), true);
    default:
      return found(name, installedLibrary(name, source));
  }
}

/** Absolute path of one of our own libraries. */
export function ownLibrary(fileName: string): string {
  const file = binary(fileName);
  if (file !== undefined) return file;
  throw new LaunchError(
    `${fileName} was not built for ${process.platform} ${process.arch}. ` +
      'Build it with ALLOMORPH_JEMALLOC unset: npm run build.',
  );
}

function installedLibrary(name: string, source: string): string {
  const library = installedLibraries().find((candidate) => candidate.name === name);
  if (library !== undefined) return library.path;
  if (!(allocatorNames as readonly string[]).includes(name)) {
    const hint = path.basename(name) === name ? '' : ' A path must be absolute.';
    throw new LaunchError(
      `${source} is "${name}". Valid: ${allocatorNames.join(', ')}, or an absolute path to a library.${hint}`,
    );
  }
  const install = packages[name];
  throw new LaunchError(
    `${name} is not in any library folder of this machine. ` +
      (install === undefined
        ? 'Install it, or give the absolute path of its library.'
        : `Install it (Debian, Ubuntu: apt-get install ${install}), or give the absolute path of its library.`),
  );
}
