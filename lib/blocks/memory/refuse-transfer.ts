import { AllomorphError } from '../../errors/error.js';

/**
 * Makes the functions of an ArrayBuffer that move its bytes elsewhere (Node 21) throw. Posting it to
 * another thread is refused by Node itself.
 */
export function refuseTransfer(array: ArrayBuffer): void {
  if (existing.length > 0) Object.defineProperties(array, refusals);
}

const existing = ['transfer', 'transferToFixedLength'].filter(
  (name) => name in ArrayBuffer.prototype,
);
const refusals = Object.fromEntries(existing.map((name) => [name, { value: refuse }]));

function refuse(): never {
  throw new AllomorphError(
    'ERR_ALLOMORPH_INVALID_ARGUMENT',
    'The bytes belong to a block or a pool and cannot be transferred. Copy them: new Uint8Array(bytes).',
  );
}
