import { node, type Ended } from '../../support/child.js';

/** What every script of these tests begins with. */
const prefix = `
  const { Block, system, jemalloc } = require('allomorph');
  const { Worker, isMainThread, parentPort } = require('node:worker_threads');
  const backends = jemalloc.available ? [system, jemalloc] : [system];
  const live = () => backends.map((one) => one.live());
  const nothing = () => live().every((counts) => counts.blocks === 0 && counts.bytes === 0);
  const passingOn = (inner) => ({
    name: 'passing on to ' + inner.name,
    allocate: (size, align) => inner.allocate(size, align),
    deallocate: (address, oldSize, align) => inner.deallocate(address, oldSize, align),
    reallocate: (address, oldSize, size, align) => inner.reallocate(address, oldSize, size, align),
    reallocateInplace: (address, oldSize, size, align) => inner.reallocateInplace(address, oldSize, size, align),
    usableSize: (size, align) => inner.usableSize(size, align),
  });
  const allocators = [...backends, ...backends.map(passingOn)];
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const collect = async (isDone) => {
    for (let round = 0; round < 100 && !isDone(); round++) { gc(); await wait(5); }
  };`;

interface Settings {
  readonly flags?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a piece of asynchronous JavaScript in a Node of its own. */
export function script(body: string, { flags = [], env = {} }: Settings = {}): Ended {
  const source = `${prefix}\n(async () => {${body}\n})();`;
  return node(source, { flags, env });
}

/** An expression that starts a Worker on a piece of JavaScript. */
export function workerOf(body: string): string {
  return `new Worker(${JSON.stringify(`${prefix}\n${body}`)}, { eval: true })`;
}
