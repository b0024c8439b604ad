// A burst of native work, then silence: what many services do all day. zlib
// allocates with malloc, outside the JavaScript heap; what the allocator gives
// back afterwards is what the container's memory graph shows.
//
//   node examples/zlib-burst.mjs
//   npx allomorph run -- node examples/zlib-burst.mjs
//
// BURST and IDLE (seconds) make it smaller or longer.

import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { measure, progress, setting } from './support.mjs';

const burst = setting('BURST', 10_000);

await measure('burst', setting('IDLE', 5), async () => {
  let done = 0;
  const input = Buffer.alloc(20_000, 'allomorph ');
  const compress = promisify(deflate);
  await Promise.all(
    Array.from({ length: burst }, async () => {
      await compress(input);
      done += 1;
      if (done % Math.ceil(burst / 10) === 0) progress(`compressing ${done} of ${burst}`);
    }),
  );
  return `${burst} x zlib.deflate`;
});
