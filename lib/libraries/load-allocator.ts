import { allocatorById } from '../allocators/by-id.js';
import { kindOfFile } from '../allocators/installed.js';
import { NativeAllocator } from '../allocators/native-allocator.js';
import { AllomorphError } from '../errors/error.js';
import { addon } from '../native/load.js';
import { checkOptions } from '../support/options.js';
import { show } from '../support/show.js';
import { notLoaded } from './explain.js';
import { inspectLibrary, type LibraryFile } from './inspect.js';
import { verificationOf } from './verified.js';
import { verify as tryInChild } from './verify.js';

export interface LoadAllocatorOptions {
  /**
   * What stands before the names of its functions: `'__rust_'` before `allocate`, `'je_'` before `malloc`.
   * Default: found from what the library exports.
   */
  readonly prefix?: string | undefined;
  /** `name` of the allocator, without control characters; default: that of a well-known allocator, or the file's. */
  readonly name?: string | undefined;
  /**
   * Whether the conformance checks run first, in a process of their own, so that a broken library is an error
   * here and no crash later; also of a library that is loaded already. Default: when this content has not passed them
   * before.
   */
  readonly verify?: boolean | undefined;
  /** Milliseconds that the checks may take, 1 to 2^31 - 1. Well below a second is usual. Default: 20,000. */
  readonly timeout?: number | undefined;
}

/**
 * The allocator in a shared library: one that exports the five functions of `allomorph.h`, or a malloc,
 * free, realloc and an aligned allocation. It stays loaded for the life of the process; loading it again, in any
 * thread, gives the same backend, with the name of the first time. It can become the global allocator. Linux.
 *
 * @param path absolute
 * @throws ERR_ALLOMORPH_INVALID_ARGUMENT, ERR_ALLOMORPH_LIBRARY (what was found and what is missing; or the dynamic
 * linker's reason and its cure), ERR_ALLOMORPH_NONCONFORMING (the rule and the counter-example),
 * ERR_ALLOMORPH_OUT_OF_MEMORY, ERR_ALLOMORPH_SYSTEM, ERR_ALLOMORPH_UNAVAILABLE
 */
export function loadAllocator(path: string, options: LoadAllocatorOptions = {}): NativeAllocator {
  const { prefix, name, verify, timeout } = settingsOf(options);
  const library = inspectLibrary(path, prefix);
  const known = knownAllocator(library);
  if (verify !== false) verifyLibrary(library, verify === true, timeout);
  return known ?? native(loadLibrary(library, name));
}

/** @returns the id of its backend */
export function loadLibrary(library: LibraryFile, name = kindOfFile(library.path)): number {
  const { path, prefix, isMalloc, identity } = library;
  const loaded = addon.libraries.load(path, name, prefix, isMalloc, identity);
  if (loaded.status !== 'ok') throw notLoaded(path, loaded);
  return loaded.id;
}

/** @param always also when this content has passed before */
export function verifyLibrary(library: LibraryFile, always = false, timeout?: number): void {
  const verification = verificationOf(library);
  if (verification.isKnown && !always) return;
  tryInChild(library, timeout);
  verification.remember();
}

function knownAllocator({ path, prefix, identity }: LibraryFile): NativeAllocator | undefined {
  const known = addon.libraries.known(path, prefix);
  if (known === null) return undefined;
  // Loaded for ALLOMORPH_ALLOCATOR by native code, it has none.
  if (known.identity !== '' && known.identity !== identity) {
    throw new AllomorphError(
      'ERR_ALLOMORPH_LIBRARY',
      `${path} was changed since this process loaded it, and the dynamic linker does not load it again. ` +
        'Start the process again, or load the new file from another path.',
      { path },
    );
  }
  return native(known.id);
}

/** One object for all who load it in this thread. */
function native(id: number): NativeAllocator {
  const allocator = allocatorById(id);
  if (allocator instanceof NativeAllocator) return allocator;
  throw new Error(`backend ${String(id)} is no library`);
}

/** What was looked at is what is used. */
type Settings = {
  readonly [Name in keyof LoadAllocatorOptions]-?: LoadAllocatorOptions[Name] | undefined;
};

function settingsOf(options: LoadAllocatorOptions): Settings {
  const { prefix, name, verify, timeout }: Partial<Record<keyof LoadAllocatorOptions, unknown>> =
    checkOptions('loadAllocator', options, ['prefix', 'name', 'verify', 'timeout']);
  if (prefix !== undefined && (typeof prefix !== 'string' || !/^\w*$/.test(prefix))) {
    throw invalid('prefix', 'the beginning of a C name', prefix);
  }
  if (name !== undefined && (typeof name !== 'string' || !/^\P{Cc}+$/u.test(name))) {
    throw invalid('name', 'a string that is not empty and has no control characters', name);
  }
  if (verify !== undefined && typeof verify !== 'boolean') {
    throw invalid('verify', 'true or false', verify);
  }
  if (timeout !== undefined && !isTime(timeout)) {
    throw invalid('timeout', 'an integer from 1 to 2^31 - 1 (milliseconds)', timeout);
  }
  return { prefix, name, verify, timeout };
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value < 2 ** 31;
}

function invalid(option: string, expected: string, value: unknown): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_INVALID_ARGUMENT',
    `${option} of loadAllocator must be ${expected}, got ${show(value)}.`,
    { [option]: value },
  );
}
