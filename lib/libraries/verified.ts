import { isSelfContained } from '../elf/self-contained.js';
import { addon } from '../native/load.js';
import { remembered, type Memory } from '../support/remembered.js';
import type { LibraryFile } from './inspect.js';

/** Whether a library has passed the conformance checks of this version. */
export function verificationOf({ path: file, prefix, isMalloc }: LibraryFile): Memory {
  return remembered({
    kind: 'conforming',
    file,
    conditions: [addon.version, prefix, String(isMalloc)],
    lasting: isSelfContained(file),
  });
}
