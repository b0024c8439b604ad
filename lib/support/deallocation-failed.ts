import { messageOf } from './message-of.js';
import { show } from './show.js';

/** Reports what an allocator threw when memory went back to it and nobody is there to catch it. */
export function warnDeallocationFailed(allocator: string, what: string, error: unknown): void {
  process.emitWarning(`${show(allocator)} did not take ${what} back: ${messageOf(error)}`, {
    type: 'AllomorphWarning',
    code: 'ALLOMORPH_DEALLOCATION_FAILED',
  });
}
