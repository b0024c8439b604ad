/**
 * A program that puts itself on the allocator, and the addon in four threads at once. The import comes
 * first: what follows runs in the process that has been started again.
 */
import 'allomorph/process';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { processAllocator } from 'allomorph';
import { useDatabase } from './database.mjs';
import { report } from './report.mjs';

if (isMainThread) {
  const workers = Array.from({ length: 4 }, () => new Worker(new URL(import.meta.url)));
  const messages = await Promise.all(workers.map(firstMessage));
  report({
    results: messages.map(({ result }) => result),
    oneAllocator: messages.every(({ name }) => name === processAllocator().name),
  });
} else {
  parentPort.postMessage({ result: await useDatabase(), name: processAllocator().name });
}

function firstMessage(worker) {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
  });
}
