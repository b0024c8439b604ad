import { addon } from '../native/load.js';
import { remembered, type Memory } from '../support/remembered.js';
import type { LibraryFile } from './inspect.js';

/** Whether a library has passed the conformance checks of this version. */
export function verificationOf({ path, prefix, isMalloc }: LibraryFile): Memory {
  return remembered('conforming', path, [addon.version, prefix, String(isMalloc)]);
}
