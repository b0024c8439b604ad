// A cache that reserves more than it uses: zeroed Buffers of 1 MiB, every second
// one kept and never written to. Memory that comes fresh from the kernel is zero
// already and costs nothing until it is touched; an allocator that hands out
// recycled memory instead has to write the zeros, and then it is resident.
//
//   node examples/retained-buffers.mjs
//   npx allomorph run -- node examples/retained-buffers.mjs
//
// BUFFERS and IDLE (seconds) make it smaller or longer.

import { setImmediate as turn } from 'node:timers/promises';
import { measure, progress, setting } from './support.mjs';

const buffers = setting('BUFFERS', 2_500);
const size = 1024 * 1024;
const retained = [];

await measure('buffers', setting('IDLE', 5), async () => {
  for (let made = 1; made <= buffers; made++) {
    const buffer = Buffer.alloc(size);
    if (made % 2 === 0) retained.push(buffer);
    if (made % Math.ceil(buffers / 10) === 0) progress(`allocating ${made} of ${buffers}`);
    // A request each 50: finalizers of dropped Buffers run between turns of the event loop.
    if (made % 50 === 0) await turn();
  }
  return `${buffers} x 1 MiB, ${retained.length} retained,`;
});

// Until here they are in use.
if (retained.length !== Math.floor(buffers / 2)) throw new Error('buffers were lost');
