import type { PathLike } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Arena } from './arena.js';
import { bytesTaken, closed } from './buffer-errors.js';
import { rememberCaller, type Here } from './leak-detection.js';

/** Bytes to start with when a file does not say how long it is. */
const firstGuess = 64 * 1024;
/** Bytes of one call: the system takes at most 2^31 - 1. */
const mostAtOnce = 2 ** 30;

/** A whole file in one buffer of a pool. */
export async function readFile(arena: Arena, path: PathLike): Promise<Buffer> {
  const here = rememberCaller(arena.leaks);
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const partly = { buffer: here(() => arena.take(size > 0 ? size : firstGuess)), length: 0 };
    try {
      // As fs.readFile: of a file with a size, what is written to it meanwhile is not read.
      await (size > 0 ? readUpTo(arena, file, partly) : readToEnd(arena, file, partly, here));
      return here(() => arena.resize(partly.buffer, partly.length));
    } catch (error) {
      if (!arena.isClosed) arena.give(partly.buffer);
      throw error;
    }
  } finally {
    await file.close();
  }
}

/** A buffer and how many of its bytes are read. */
interface Partly {
  buffer: Buffer;
  length: number;
}

/** @returns whether the end of the file was met before the end of the buffer */
async function readUpTo(arena: Arena, file: FileHandle, partly: Partly): Promise<boolean> {
  while (partly.length < partly.buffer.length) {
    const wanted = Math.min(partly.buffer.length - partly.length, mostAtOnce);
    const count = await readInto(arena, file, partly, wanted);
    if (count === 0) return true;
    partly.length += count;
  }
  return false;
}

async function readToEnd(
  arena: Arena,
  file: FileHandle,
  partly: Partly,
  here: Here,
): Promise<void> {
  while (!(await readUpTo(arena, file, partly))) {
    const { buffer } = partly;
    const larger = here(() => arena.take(buffer.length * 2));
    buffer.copy(larger, 0, 0, partly.length);
    // First, as an allocator in JavaScript may throw when it gets the other one back.
    partly.buffer = larger;
    arena.give(buffer);
  }
}

async function readInto(
  arena: Arena,
  file: FileHandle,
  { buffer, length }: Partly,
  wanted: number,
): Promise<number> {
  const { region } = arena.liveSlot(buffer).run;
  region.hold();
  try {
    const { bytesRead } = await file.read(buffer, length, wanted, null);
    if (arena.isClosed) throw closed();
    // A transfer of the slab took them: there is room for nothing any more, and no read would end that.
    if (buffer.length === 0) throw bytesTaken(buffer);
    return bytesRead;
  } finally {
    region.letGo();
  }
}
