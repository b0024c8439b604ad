import { AllomorphError } from '../errors/error.js';
import { inspectLibrary } from '../libraries/inspect.js';
import { mallocPrefixes, rustPrefix } from '../libraries/interface.js';
import { loadLibrary, verifyLibrary } from '../libraries/load-allocator.js';
import { explain } from '../libraries/explain.js';
import { addon } from '../native/load.js';
import { show } from '../support/show.js';

/** The operator's variable for the global backend. */
export const globalVariable = 'ALLOMORPH_ALLOCATOR';

/**
 * Stops a program whose operator asked for an allocator that cannot be had: running on another
 * one than asked for would be noticed only much later.
 * @throws ERR_ALLOMORPH_UNKNOWN_ALLOCATOR, ERR_ALLOMORPH_UNAVAILABLE for a known name; for a path, as
 * loadAllocator
 */
export function checkEnvironment(): void {
  const asked = addon.environmentValue();
  if (asked.startsWith('/')) checkLibrary(asked);
  const { value, valid, error } = addon.environmentChoice();
  if (valid) return;
  if (error !== '') {
    throw new AllomorphError(
      'ERR_ALLOMORPH_LIBRARY',
      `${globalVariable} is ${show(value)}, which cannot be loaded: ${error}. ` +
        (explain(value, error) ?? 'Correct or unset the variable.'),
      { [globalVariable]: value },
    );
  }
  const names = addon.backends.filter((name) => name !== null).join(', ');
  if (value === 'jemalloc') {
    throw new AllomorphError(
      'ERR_ALLOMORPH_UNAVAILABLE',
      `${globalVariable} is "jemalloc", but allomorph was built without jemalloc. ` +
        `Build it with jemalloc, or set the variable to one of: ${names}.`,
      { [globalVariable]: value },
    );
  }
  throw new AllomorphError(
    'ERR_ALLOMORPH_UNKNOWN_ALLOCATOR',
    `${globalVariable} is ${show(value)}, which is not an allocator. ` +
      `Valid: ${names}, or the absolute path of a library. Correct or unset the variable.`,
    { [globalVariable]: value },
  );
}

/** Before native code finds it loaded: a library that is none, or is broken, is an error then and no crash. */
function checkLibrary(file: string): void {
  try {
    const library = inspectLibrary(file);
    // A later thread: the process runs on it already.
    if (addon.libraries.known(file, library.prefix) !== null) return;
    const usual = library.isMalloc
      ? (mallocPrefixes as readonly string[]).includes(library.prefix)
      : library.prefix === rustPrefix;
    if (!usual) {
      throw new AllomorphError(
        'ERR_ALLOMORPH_LIBRARY',
        `its functions begin with ${show(library.prefix)}, and here only ${rustPrefix}, ` +
          `${mallocPrefixes.filter((prefix) => prefix !== '').join(', ')} or nothing are known. ` +
          'Load it in the program: setGlobalAllocator(loadAllocator(path, { prefix })).',
        { prefix: library.prefix },
      );
    }
    verifyLibrary(library);
    loadLibrary(library);
  } catch (error) {
    if (!(error instanceof AllomorphError)) throw error;
    throw new AllomorphError(error.code, `${globalVariable} is ${show(file)}: ${error.message}`, {
      ...error.values,
      [globalVariable]: file,
    });
  }
}
