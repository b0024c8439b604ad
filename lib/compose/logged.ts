import { closeSync } from 'node:fs';
import { OpenedAllocator } from '../allocators/opened-allocator.js';
import { reasonBehind } from '../allocators/exhaustion.js';
import { addon } from '../native/load.js';
import type { Allocator } from '../types.js';
import { nameBehind, nativeBehind } from './behind.js';
import type { ComposedAllocator } from './composed.js';
import { ComposedAllocator as Composed } from './javascript/composed-allocator.js';
import { WrittenLogged } from './javascript/logged.js';
import { openSink, type LogSink } from './sink.js';

export type { LogSink } from './sink.js';

/**
 * Writes a line for each call of an allocator but `usableSize`, through both doors, such as
 * `reallocate(0x7f5c28000b70, 64, 128, 16) = 0x7f5c28000c00`. A failed allocation is `= 0x0`.
 *
 * Over native allocators, `'stderr'` and a file are written to natively, by one write(2) a line. With a function or a
 * stream as sink, the allocator is one in JavaScript. That a line cannot be written changes nothing about the
 * allocation; a function or stream that throws, or whose promise is rejected, is told of by the process warning
 * `ALLOMORPH_LOG_FAILED`, once.
 *
 * @throws ERR_ALLOMORPH_INVALID_ARGUMENT, ERR_ALLOMORPH_OUT_OF_MEMORY, ERR_ALLOMORPH_SYSTEM when the file
 * cannot be opened
 */
export function logged(allocator: Allocator, sink: LogSink): ComposedAllocator {
  const behind = nativeBehind(allocator);
  const name = `logged(${nameBehind(allocator)})`;
  const opened = openSink(sink);
  if (opened.descriptor === undefined || behind === undefined) {
    return reasonBehind(
      new Composed(name, [allocator], ([door]) => new WrittenLogged(door, name, opened)),
      allocator,
    );
  }
  try {
    const native = addon.compose.logged(name, behind, opened.descriptor);
    return reasonBehind(new OpenedAllocator(native, name), allocator);
  } finally {
    if (opened.isOurs) closeSync(opened.descriptor);
  }
}
