import { backendIdOf } from '../allocators/backend.js';
import { allocatorById } from '../allocators/by-id.js';
import { UnavailableAllocator } from '../allocators/unavailable.js';
import { AllomorphError } from '../errors/error.js';
import type { NativeChoice } from '../native/addon.js';
import { addon } from '../native/load.js';
import { lookAt } from '../support/look-at.js';
import { show } from '../support/show.js';
import type { Allocator } from '../types.js';
import { globalVariable } from './environment.js';
import { findImport } from './import-site.js';
import { callerOrigin } from './origin.js';
import { undecided } from './undecided.js';

/** How an origin is recorded when the choice was an import without a frame to point at. */
const importPrefix = 'import of ';

/**
 * Chooses the global backend for this process, all its threads and all copies of this package.
 *
 * Once only: the same choice again is fine, a different one throws and names the place of the
 * first; so does any change after the first allocation through the global backend. The
 * operator's `ALLOMORPH_ALLOCATOR` wins over the program, with one process warning.
 *
 * It moves the allocations made through this package, and those of addons that take its ABI
 * table. It does not move Node's own memory: `allomorph run` does.
 *
 * @param allocator a native allocator: every thread and other addons call it
 * @returns the effective global allocator, which is the operator's when there is one
 * @throws ERR_ALLOMORPH_GLOBAL_CONFLICT, ERR_ALLOMORPH_GLOBAL_FROZEN, ERR_ALLOMORPH_UNAVAILABLE,
 * ERR_ALLOMORPH_NOT_NATIVE, ERR_ALLOMORPH_INVALID_ARGUMENT
 */
export function setGlobalAllocator(allocator: Allocator): Allocator {
  return choose(allocator, callerOrigin() ?? 'an unknown place');
}

/**
 * The same for a side-effect entry point such as `allomorph/global/jemalloc`.
 * @param importer the file that required it, where there is one: tools that wrap `require` stand
 * between it and us on the stack
 */
export function chooseByImport(
  allocator: Allocator,
  specifier: string,
  importer: string | undefined,
): Allocator {
  return choose(allocator, callerOrigin(importer) ?? importPrefix + specifier);
}

function choose(allocator: Allocator, origin: string): Allocator {
  const id = requireNative(allocator);
  if (addon.opened.leadsToGlobal(id)) throw cycle(allocator);
  const choice = addon.chooseGlobal(id, origin);
  const effective = allocatorById(choice.effective);
  switch (choice.status) {
    case 'conflict':
      throw conflict(allocator, choice);
    case 'frozen':
      throw frozen(allocator, effective);
    case 'overridden-first':
      warnOverridden(allocator, effective);
      break;
    case 'accepted':
    case 'same':
    case 'overridden':
      break;
  }
  return effective;
}

function requireNative(allocator: unknown): number {
  // What globalAllocator() gives while nothing is chosen: choosing it is choosing the default.
  if (allocator === undecided) return addon.globalState().effective;
  return lookAt(
    () => backendIdOf(allocator) ?? refuse(allocator),
    (reason) => invalid(allocator, ` It ${reason}.`),
  );
}

function refuse(allocator: unknown): never {
  if (allocator instanceof UnavailableAllocator) return allocator.refuse();
  if (isAllocatorLike(allocator)) {
    if (allocator.unsafe instanceof UnavailableAllocator) return allocator.unsafe.refuse(); // closed
    throw new AllomorphError(
      'ERR_ALLOMORPH_NOT_NATIVE',
      `The allocator ${show(allocator.name)} is written in JavaScript and cannot be the global one: ` +
        'every thread of the process and native addons call that. Pass it as the `allocator` option instead.',
      { allocator: allocator.name },
    );
  }
  const hint = addon.backends.includes(allocator as string)
    ? ` Pass the object, not its name: import { ${String(allocator)} } from 'allomorph'.`
    : ' Pass `system` or `jemalloc` of this package, or what loadAllocator returned.';
  throw invalid(allocator, hint);
}

function invalid(allocator: unknown, hint: string): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_INVALID_ARGUMENT',
    `setGlobalAllocator takes an allocator, got ${show(allocator)}.${hint}`,
    { allocator },
  );
}

function isAllocatorLike(value: unknown): value is Allocator {
  return (
    typeof value === 'object' && value !== null && 'allocate' in value && 'deallocate' in value
  );
}

function cycle(allocator: Allocator): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_GLOBAL_CYCLE',
    `${allocator.name} cannot become the global allocator: it stands in front of the global allocator and ` +
      'would call itself. Build it over system, jemalloc or a loaded library instead of globalAllocator().',
    { allocator: allocator.name },
  );
}

function conflict(wanted: Allocator, choice: NativeChoice): AllomorphError {
  const first = choice.firstName ?? 'another allocator';
  const origin = locate(choice.firstOrigin ?? 'an unknown place');
  return new AllomorphError(
    'ERR_ALLOMORPH_GLOBAL_CONFLICT',
    `The global allocator cannot become ${wanted.name}: ${first} was chosen before, at ${origin}. ` +
      'A process has one; remove one of the two choices.',
    { wanted: wanted.name, first, origin },
  );
}

function locate(origin: string): string {
  if (!origin.startsWith(importPrefix)) return origin;
  const specifier = origin.slice(importPrefix.length);
  return findImport(specifier) ?? `an import of '${specifier}' (in another thread, or by --import)`;
}

function frozen(wanted: Allocator, effective: Allocator): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_GLOBAL_FROZEN',
    `The global allocator cannot become ${wanted.name}: memory was already allocated from the default, ` +
      `${effective.name}. Choose before the first allocation: ${earlier(wanted)}.`,
    { wanted: wanted.name, effective: effective.name },
  );
}

function earlier({ name }: Allocator): string {
  return addon.backends.includes(name)
    ? `make "import 'allomorph/global/${name}'" the first import of the program, or set ${globalVariable}=${name}`
    : `call setGlobalAllocator first of all, or set ${globalVariable} to the path of its library`;
}

function warnOverridden(wanted: Allocator, effective: Allocator): void {
  const asked = addon.environmentValue();
  process.emitWarning(
    `The program chose ${wanted.name} as its global allocator; the operator's ` +
      `${globalVariable}=${asked} wins${asked === effective.name ? '' : `: ${effective.name}`}.`,
    { type: 'AllomorphWarning', code: 'ALLOMORPH_OPERATOR_WINS' },
  );
}
