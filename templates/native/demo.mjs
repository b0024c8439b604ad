// Something to run on the allocator: npm start. Any program of Node will do.

import { once } from 'node:events';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { gzip } from 'node:zlib';
import { processAllocator } from 'allomorph';

console.log(processAllocator().evidence);

const text = Buffer.from('the quick brown fox jumps over the lazy dog\n'.repeat(20_000));
const packed = await Promise.all(Array.from({ length: 100 }, () => promisify(gzip)(text)));
console.log(`${packed.length} times ${text.length} bytes compressed to ${packed[0].length}`);

const work = 'const held = Array.from({ length: 10000 }, (_, index) => Buffer.alloc(index));';
const workers = Array.from({ length: 8 }, () => new Worker(work, { eval: true }));
const codes = await Promise.all(workers.map(async (worker) => (await once(worker, 'exit'))[0]));
console.log(`${codes.length} threads ended with ${[...new Set(codes)].join(', ')}`);
