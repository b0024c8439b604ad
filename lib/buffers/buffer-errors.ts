import { isDataView } from 'node:util/types';
import { AllomorphError } from '../errors/error.js';
import { show } from '../support/show.js';
import type { Arena } from './arena.js';
import { slotOf } from './view.js';

/** Why `free` and its like refuse a value. */
export function notLive(value: unknown, arena: Arena): AllomorphError {
  const slot = slotOf(value);
  if (slot === undefined)
    return new AllomorphError(foreign, notFromAPool(value), { buffer: value });
  if (slot.run.arena !== arena) {
    return new AllomorphError(
      foreign,
      'The buffer belongs to another BufferPool. Free it with the pool that allocated it.',
      { buffer: value },
    );
  }
  return new AllomorphError(
    'ERR_ALLOMORPH_FREED',
    'The buffer was freed before, or replaced by resize(). Free each buffer once, and do not use it afterwards: ' +
      'its bytes may be those of another one by now.',
    { buffer: value },
  );
}

const foreign = 'ERR_ALLOMORPH_FOREIGN_BUFFER';

function notFromAPool(value: unknown): string {
  if (!ArrayBuffer.isView(value)) {
    return `buffer must be a Buffer that this pool allocated, got ${show(value)}.`;
  }
  return (
    `This ${nameOf(value)} of ${String(lengthOf(value))} bytes is not one that a BufferPool handed out: it is ` +
    'another Buffer, or a slice or copy of a pooled one. Pass the very object that alloc or allocUnsafe returned.'
  );
}

/** Its prototype may be any object, or none, and its class anything. */
function nameOf(view: ArrayBufferView): string {
  try {
    const { constructor } = view as { constructor?: unknown };
    const name: unknown = typeof constructor === 'function' ? constructor.name : undefined;
    return typeof name === 'string' ? name : 'view';
  } catch {
    return 'view'; // an accessor of its own threw
  }
}

/** Whatever property of that name it may have. */
function lengthOf(view: ArrayBufferView): number {
  const kind = isDataView(view) ? DataView.prototype : Uint8Array.prototype;
  try {
    return Reflect.get(kind, 'byteLength', view);
  } catch {
    return 0; // a DataView throws when its bytes were taken
  }
}

export function bytesTaken(buffer: Buffer): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_FREED',
    'The bytes of the buffer, and of its whole slab, were transferred: a web stream of bytes does that to what it ' +
      'is given. Give it copies: new Uint8Array(buffer).',
    { buffer },
  );
}

export function closed(): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_CLOSED',
    'The BufferPool is closed, and its buffers with it. Close it when nothing uses it any more.',
  );
}

export function invalidLength(size: unknown, parameter: string, largest: number): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_INVALID_SIZE',
    `${parameter} must be an integer from 0 to ${String(largest)} (bytes), got ${show(size)}.`,
    { [parameter]: size },
  );
}

/** What a `limited` behind the pool says, who has been asked for more than the user knows of. */
export function withSlabSize(error: unknown, slabSize: number): unknown {
  if (!(error instanceof AllomorphError) || !('limit' in error.values)) return error;
  const { code, message, values } = error;
  return new AllomorphError(
    code,
    `${message} A BufferPool takes slabs of slabSize bytes, ${String(slabSize)} here; least: 65536.`,
    values,
  );
}

/** The figures that `limit` was missed by. */
export interface LimitFigures {
  readonly size: number;
  readonly limit: number;
  /** Bytes held, after everything empty was given back. */
  readonly bytes: number;
  /** Bytes that live buffers occupy. */
  readonly live: number;
  /** Bytes that would have to be taken from the backend. */
  readonly needed: number;
}

export function limitReached(figures: LimitFigures): AllomorphError {
  const { size, limit, bytes, live, needed } = figures;
  return new AllomorphError(
    'ERR_ALLOMORPH_OUT_OF_MEMORY',
    `The BufferPool has reached its limit: ${String(size)} bytes need ${String(needed)} more of the backend, ` +
      `${String(bytes)} of ${String(limit)} are held, ${String(live)} of them by live buffers. ` +
      'Free buffers, or make the pool with a higher limit.',
    { ...figures },
  );
}
