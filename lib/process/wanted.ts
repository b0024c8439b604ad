import { existsSync } from 'node:fs';
import path from 'node:path';
import { installedLibraries, kindOfFile } from '../allocators/installed.js';
import { binary } from '../native/binaries.js';
import { addon } from '../native/load.js';
import { checkFile } from './check-file.js';
import { checkElf, checkLibrary } from './check-library.js';
import {
  blockNames,
  exampleOf,
  isComposition,
  longestSpec,
  parseComposition,
} from './composition.js';
import { exportedNames } from '../elf/exported-names.js';
import { LaunchError } from './failure.js';
import { requireLinux } from './platform.js';

/** What a whole process is to run on. */
export interface Wanted {
  /** Which dialect of settings it speaks. */
  readonly kind: string;
  /** Absolute path of the library that `malloc` is to come from; null: the C library's own malloc. */
  readonly library: string | null;
  /** Whether it is the jemalloc of this package. */
  readonly isOwn: boolean;
  /** What our interposer is to run on; the library is the interposer then. */
  readonly interposed?: {
    /** All paths absolute; native/preload/malloc/spec.h. */
    readonly spec: string;
    /** Preloaded behind the interposer: thread-local storage as jemalloc's has no room later. */
    readonly behind: string | null;
    /** A library of five functions, which only the interposer opens. */
    readonly opened: string | null;
  };
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

/** The five functions of native/abi/allomorph.h. */
const fiveFunctions = [
  '__rust_allocate',
  '__rust_deallocate',
  '__rust_reallocate',
  '__rust_reallocate_inplace',
  '__rust_usable_size',
] as const;

/**
 * The allocator of a name, of a path, or of a specification with building blocks.
 * @param source the flag or variable that the name comes from
 * @throws LaunchError when there is no such allocator here, or its library cannot be used
 */
export function findWanted(name: string, source: string): Wanted {
  // Before anything is looked for: elsewhere, that a library is missing is not the reason.
  requireLinux();
  if (isComposition(name)) {
    const { blocks, leaf, files } = parseComposition(name, source);
    for (const file of files) checkFile(file, name, source);
    return interposed(blocks, findLeaf(leaf, source), source);
  }
  const wanted = findLeaf(name, source);
  return hasFiveFunctions(wanted) ? interposed('', wanted, source) : wanted;
}

/** What stands without any block. */
function findLeaf(name: string, source: string): Wanted {
  const found = (kind: string, file: string, isOwn = false): Wanted => ({
    kind,
    library: checkLibrary(file),
    isOwn,
  });
  if (isPath(name)) return fromPath(path.resolve(name));
  switch (name) {
    case 'system':
      return { kind: addon.libc().name, library: null, isOwn: false };
    case 'jemalloc':
      return found('jemalloc', ownJemalloc(), true);
    default:
      return found(name, installedLibrary(name, source));
  }
}

function isPath(name: string): boolean {
  return /^\.{0,2}\//.test(name);
}

function fromPath(file: string): Wanted {
  const wanted = { kind: kindOfFile(file), library: checkElf(file), isOwn: false };
  // Everything else goes into LD_PRELOAD, which has rules of its own for paths.
  return hasFiveFunctions(wanted) ? wanted : { ...wanted, library: checkLibrary(file) };
}

/** @throws LaunchError when only some of them are there */
function hasFiveFunctions({ library }: Wanted): boolean {
  if (library === null) return false;
  const symbols = exportedNames(library);
  const missing = fiveFunctions.filter((name) => !symbols.has(name));
  if (missing.length > 0 && missing.length < fiveFunctions.length) {
    const present = fiveFunctions.filter((name) => symbols.has(name));
    throw new LaunchError(
      `The library ${library} has ${present.join(', ')}, but not ${missing.join(', ')}: ` +
        'an allocator exports all five functions.',
    );
  }
  return missing.length === 0;
}

function interposed(blocks: string, leaf: Wanted, source: string): Wanted {
  const isFive = hasFiveFunctions(leaf);
  if (leaf.library !== null && !isFive && !exportedNames(leaf.library).has('malloc')) {
    throw new LaunchError(
      `The library ${leaf.library} is no allocator: it exports neither the five functions ` +
        `(${fiveFunctions.join(', ')}) nor malloc.`,
    );
  }
  if (leaf.library !== null && !isFive) refuseOperatorNew(leaf.library);
  const spec = blocks + (leaf.library ?? 'system');
  if (spec.length > longestSpec || hasControlCharacter(spec)) {
    throw new LaunchError(
      `${source} is longer than ${String(longestSpec)} bytes with its absolute paths, or has control characters.`,
    );
  }
  return {
    ...leaf,
    library: checkLibrary(ownLibrary('liballomorph-malloc.so')),
    interposed: {
      spec,
      behind: isFive ? null : leaf.library,
      opened: isFive ? leaf.library : null,
    },
  };
}

/** As native/preload/malloc/leaf.c: a block of such an operator new is freed by nobody behind the interposer. */
function refuseOperatorNew(library: string): void {
  const symbols = exportedNames(library);
  if (!symbols.has('_Znwm') || symbols.has('__libc_free')) return;
  throw new LaunchError(
    `The library ${library} brings operator new of its own, whose blocks free would not know behind the interposer. ` +
      'Use --allocator jemalloc, or a build without C++ (jemalloc: --disable-cxx); without blocks it can be used as it is.',
  );
}

/** What looks like a path, or is one here. */
function pathHint(name: string): string {
  if (existsSync(name)) return ` Did you mean ./${name}?`;
  return path.basename(name) === name && !/\.so(?:\.|$)/.test(name)
    ? ''
    : ' A path begins with / or ./ or ../.';
}

function hasControlCharacter(text: string): boolean {
  return Buffer.from(text).some((byte) => byte < 32);
}

/** Absolute path of one of our own libraries. */
export function ownLibrary(fileName: string): string {
  const file = binary(fileName);
  if (file !== undefined) return file;
  throw new LaunchError(`${notBuilt(fileName)} Build it: npm run build.`);
}

/** The one that a build may be without: then there may be another allocator. */
function ownJemalloc(): string {
  const fileName = 'liballomorph-jemalloc.so';
  const file = binary(fileName);
  if (file !== undefined) return file;
  const usable = ['system', ...installedLibraries().map(({ name, path: of }) => nameFor(name, of))];
  throw new LaunchError(
    `${notBuilt(fileName)} Build it with ALLOMORPH_JEMALLOC unset: npm run build. ` +
      `Without it, --allocator takes ${[...new Set(usable)].join(', ')} here.`,
  );
}

const notBuilt = (fileName: string) =>
  `${fileName} was not built for ${process.platform} ${process.arch}.`;

/** The name "jemalloc" is ours: another one goes by its path. */
const nameFor = (name: string, file: string) => (name === 'jemalloc' ? file : name);

function installedLibrary(name: string, source: string): string {
  const library = installedLibraries().find((candidate) => candidate.name === name);
  if (library !== undefined) return library.path;
  if (!(allocatorNames as readonly string[]).includes(name)) {
    const example = exampleOf(name);
    if (example !== undefined) {
      throw new LaunchError(
        `${source} is "${name}", which is a building block and stands in front of an allocator. Example: ${example}.`,
      );
    }
    const hint = pathHint(name);
    throw new LaunchError(
      `${source} is "${name}". Valid: ${allocatorNames.join(', ')}, the path of a library, or ` +
        `BLOCK:…:SPEC with the blocks ${blockNames.join(', ')}.${hint}`,
    );
  }
  const install = packages[name];
  throw new LaunchError(
    `${name} is not in any library folder of this machine. ` +
      (install === undefined
        ? 'Install it, or give the path of its library.'
        : `Install it (Debian, Ubuntu: apt-get install ${install}), or give the path of its library.`),
  );
}
