import { constants } from 'node:buffer';
import { checkSize } from '../../allocators/arguments.js';
import { AllomorphError } from '../../errors/error.js';

/**
 * Refuses a size that no Buffer can have.
 * @throws ERR_ALLOMORPH_INVALID_SIZE, ERR_ALLOMORPH_OUT_OF_MEMORY
 */
export function checkLength(size: number): void {
  checkSize(size);
  if (size <= constants.MAX_LENGTH) return;
  throw new AllomorphError(
    'ERR_ALLOMORPH_OUT_OF_MEMORY',
    `size must be at most ${String(constants.MAX_LENGTH)} (bytes), got ${String(size)}: this Node has no ` +
      'longer Buffers. Use several blocks, or an allocator and addresses.',
    { size },
  );
}
