// A burst of native work, then silence: what many services do all day. zlib
// allocates with malloc, outside the JavaScript heap; what the allocator gives
// back afterwards is what the container's memory graph shows.
//
//   node examples/zlib-burst.mjs
//   npx allomorph run -- node examples/zlib-burst.mjs
//
// BURST and IDLE (seconds) make it smaller or longer.

import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import v8 from 'node:v8';
import vm from 'node:vm';
import { processAllocator } from 'allomorph';

const burst = Number(process.env.BURST ?? 10_000);
const idleSeconds = Number(process.env.IDLE ?? 12);

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc');

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
const rss = () => process.memoryUsage.rss();

let peak = 0;
const sampler = setInterval(() => (peak = Math.max(peak, rss())), 20);

function progress(text) {
  // One line that rewrites itself on a terminal, one line a step elsewhere.
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
}

const allocator = processAllocator();
const known = allocator.version === null ? '' : ` ${allocator.version}`;
console.log(`allocator   ${allocator.name}${known}, verified: ${allocator.evidence}`);

const start = rss();
let done = 0;
const started = performance.now();
const input = Buffer.alloc(20_000, 'allomorph ');
const compress = promisify(deflate);
await Promise.all(
  Array.from({ length: burst }, async () => {
    await compress(input);
    done += 1;
    if (done % Math.ceil(burst / 10) === 0) progress(`compressing ${done} of ${burst}`);
  }),
);
const seconds = (performance.now() - started) / 1000;
peak = Math.max(peak, rss());
clearInterval(sampler);

collect();
collect();
for (let left = idleSeconds; left > 0; left--) {
  if (left % 4 === 0 || process.stderr.isTTY) progress(`idle, ${left} s left, ${megabytes(rss())}`);
  await sleep(1000);
}
const idle = rss();
if (process.stderr.isTTY) progress('');

console.log(`burst       ${burst} x zlib.deflate in ${seconds.toFixed(1)} s`);
console.log(
  `resident    start ${megabytes(start)}, peak ${megabytes(peak)}, idle ${megabytes(idle)}`,
);
console.log(`given back  idle is ${((idle / peak) * 100).toFixed(1)}% of peak`);
