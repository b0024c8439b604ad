import { AllomorphError } from '../errors/error.js';
import { addon } from '../native/load.js';

/** Places for native backends beside the built-in ones: `max_backends` in native/core/backend.h. */
const places = 62;
/** Ids below are those of `backendIds`. */
const builtIn = 2;

/** The error for an allocator for which there was no place, or no memory. */
export function noPlace(name: string): AllomorphError {
  const opened = openedCount();
  return new AllomorphError(
    'ERR_ALLOMORPH_OUT_OF_MEMORY',
    opened < places
      ? `${name} could not be opened: memory is exhausted. Free some.`
      : `${name} could not be opened: the process has room for ${String(places)} native allocators, and so many are open ` +
          'already. Close those that are no longer needed.',
    { allocator: name, opened },
  );
}

/** Those of all threads, libraries included. */
function openedCount(): number {
  const ids = Array.from({ length: places }, (_, index) => builtIn + index);
  return ids.filter((id) => addon.opened.name(id) !== null).length;
}
