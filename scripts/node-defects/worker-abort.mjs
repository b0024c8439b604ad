/**
 * Node 20 aborts now and then when a worker ends while code of its is being compiled: the compiling
 * thread asks for a step of the collector of a worker that is gone ("Assertion failed:
 * (data.first) != nullptr", NodePlatform::ForIsolate). No allomorph is loaded here. Says how many of
 * the runs aborted, without and with the flag that avoids it.
 *
 *   node scripts/node-defects/worker-abort.mjs [RUNS]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

// Properties that never change and hold floating-point numbers: to fold one, the compiler makes a
// number on the worker's heap. A new function each time keeps it compiling.
const work = `
  const box = { base: 94123456789012.5, other: 1.5e300, third: 2 ** 40 };
  const kept = [];
  const make = (index) => new Function('box', 'kept', \`
    let sum = 0;
    return (from) => {
      for (let each = 0; each < 100; each++) {
        sum += (from + box.base) * \${index} + box.third - box.other;
        if (each % 3) kept.push({ sum }, new Array(each));
      }
      return sum;
    };\`)(box, kept);
  let index = 0;
  const round = () => {
    const each = make(index++);
    for (let times = 0; times < 30; times++) each(times);
  };
  round();
  require('node:worker_threads').parentPort.postMessage('ready');
  for (;;) { round(); kept.length = 0; }`;

const program = `
  const { Worker } = require('node:worker_threads');
  const oneWorker = () => new Promise((done) => {
    const worker = new Worker(${JSON.stringify(work)}, { eval: true });
    worker.on('message', () => setTimeout(() => worker.terminate(), 20));
    worker.on('exit', done);
  });
  (async () => {
    for (let round = 0; round < 4; round++) await Promise.all([1, 2, 3, 4].map(oneWorker));
  })();`;

const runs = Number(process.argv[2] ?? 100);
if (!Number.isSafeInteger(runs) || runs < 1) {
  throw new Error(`RUNS must be a whole number above 0, not ${process.argv[2]}`);
}
for (const flags of [[], ['--no-concurrent-recompilation']]) {
  let aborted = 0;
  let left = runs;
  // Three at a time: the abort needs a compiling thread that waits for its turn.
  const one = async () => {
    while (left-- > 0) {
      const child = spawn(process.execPath, [...flags, '-e', program], { stdio: 'ignore' });
      const [, signal] = await once(child, 'close');
      if (signal === 'SIGABRT') aborted++;
    }
  };
  await Promise.all([one(), one(), one()]);
  console.log(`${process.version} ${flags.join(' ') || 'as it is'}: ${aborted} of ${runs} aborted`);
}
