// The child process of suite `buffers`: node out/bench/cases/buffers.js WAY PATTERN SIZE
//
// One way and one pattern a process, so that V8 optimises the loop for that one.
import { BufferPool } from 'allomorph';
import { timeAndPrint, type Loop } from '../harness/timing.js';

interface Way {
  readonly take: (size: number) => Buffer;
  /** Nothing for Node's own: the collector does it. */
  readonly give: (buffer: Buffer) => void;
}

const pool = new BufferPool();
const nothing = () => undefined;
const pooled = (buffer: Buffer) => {
  pool.free(buffer);
};

const ways: Readonly<Record<string, Way>> = {
  'Buffer.allocUnsafe': { take: (size) => Buffer.allocUnsafe(size), give: nothing },
  'Buffer.allocUnsafeSlow': { take: (size) => Buffer.allocUnsafeSlow(size), give: nothing },
  'Buffer.alloc': { take: (size) => Buffer.alloc(size), give: nothing },
  'pool.allocUnsafe': { take: (size) => pool.allocUnsafe(size), give: pooled },
  'pool.alloc': { take: (size) => pool.alloc(size), give: pooled },
};

const page = 4096;
const ring = 64;

const patterns: Readonly<Record<string, (way: Way, size: number) => Loop>> = {
  /** One at a time; its first and last byte are written. */
  one:
    ({ take, give }, size) =>
    (count) => {
      for (let done = 0; done < count; done++) {
        const buffer = take(size);
        buffer[0] = done;
        buffer[size - 1] = done;
        give(buffer);
      }
    },
  /** The oldest of 64 makes place for the next one; each page is written to. */
  ring: ({ take, give }, size) => {
    const live = Array.from({ length: ring }, () => take(size));
    return (count) => {
      for (let done = 0; done < count; done++) {
        const oldest = live[done % ring];
        if (oldest !== undefined) give(oldest);
        const buffer = take(size);
        for (let offset = 0; offset < size; offset += page) buffer[offset] = done;
        buffer[size - 1] = done;
        live[done % ring] = buffer;
      }
    };
  },
};

function main([wayName = '', patternName = '', size = '']: string[]): void {
  const way = ways[wayName];
  const pattern = patterns[patternName];
  if (way === undefined || pattern === undefined || !(Number(size) > 0)) {
    const names = `${Object.keys(ways).join('|')} ${Object.keys(patterns).join('|')} SIZE`;
    throw new Error(`arguments must be: ${names}`);
  }
  timeAndPrint(pattern(way, Number(size)));
}

main(process.argv.slice(2));
