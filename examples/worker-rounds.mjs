// Rounds of worker threads that each hold many small Buffers and are then
// terminated: a pool that scales up and down. Each thread has its own caches, and
// in most allocators its own arena; what happens to them when the thread ends
// decides whether the second round reuses the memory of the first.
//
//   node examples/worker-rounds.mjs
//   npx allomorph run -- node examples/worker-rounds.mjs
//
// ROUNDS, WORKERS, BUFFERS (in each worker) and IDLE (seconds) make it smaller or longer.

import { once } from 'node:events';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

if (isMainThread) {
  const { measure, progress, setting } = await import('./support.mjs');
  const rounds = setting('ROUNDS', 8);
  const workers = setting('WORKERS', 4);
  const buffers = setting('BUFFERS', 20_000);
  await measure('workers', setting('IDLE', 5), async () => {
    for (let round = 1; round <= rounds; round++) {
      await Promise.all(Array.from({ length: workers }, () => work(buffers)));
      progress(`round ${round} of ${rounds}`);
    }
    return `${rounds} rounds of ${workers} x ${buffers} Buffers`;
  });
} else {
  const held = Array.from({ length: workerData }, (_, index) => Buffer.alloc(smallSize(index), 1));
  parentPort.postMessage(held.length);
  // Alive, with all it holds, until it is terminated.
  parentPort.on('message', () => held.length);
}

async function work(buffers) {
  const worker = new Worker(new URL(import.meta.url), { workerData: buffers });
  const [count] = await once(worker, 'message');
  if (count !== buffers) throw new Error(`a worker holds ${count} of ${buffers} buffers`);
  await worker.terminate();
}

// 64 bytes to 4 KiB, the same mixture in every run.
function smallSize(index) {
  return 64 + ((index * 1663) % 63) * 64;
}
