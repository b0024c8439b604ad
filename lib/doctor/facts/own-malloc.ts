import { AllomorphError } from '../../errors/error.js';
import type { MallocFacts } from './facts.js';

type OwnProcess = typeof import('../../process/process-allocator.js');

/**
 * The malloc of this process, from the process itself. Loaded when called: doctor has to work
 * where the addon cannot be loaded, and say so.
 */
export function ownMalloc(): MallocFacts | { readonly error: string } {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- late, see above
    const own = require('../../process/process-allocator.js') as OwnProcess;
    return { ...own.processAllocator(), confVariable: null };
  } catch (error) {
    if (error instanceof AllomorphError) return { error: error.message };
    throw error;
  }
}
