// An addon whose memory comes from the allocator that the program chose:
//
//   npx node-gyp rebuild -C examples/native-addon && node examples/native-addon/demo.mjs
//
// The addon never asks which one it is: it gets a table of five functions.

import { createRequire } from 'node:module';
import { abiTable, jemalloc, limited, setGlobalAllocator, system } from 'allomorph';

const follower = createRequire(import.meta.url)('./build/Release/follower.node');

const line = Buffer.from('a line of the log\n');

function show(allocator) {
  const count = () => {
    const { blocks, bytes } = allocator.live();
    return `blocks ${blocks}, bytes ${bytes}`;
  };
  const before = count();
  const log = follower.create(abiTable(allocator));
  try {
    for (let lines = 0; lines < 10_000; lines++) follower.append(log, line);
    console.log(`${allocator.name}: ${follower.read(log).length} bytes logged`);
    console.log(`  before  ${before}\n  full    ${count()}`);
  } finally {
    follower.clear(log);
  }
  console.log(`  cleared ${count()}`);
}

show(system);
if (jemalloc.available) show(jemalloc);

// A limit that the program puts on an addon which knows nothing of limits.
const small = limited(system, 64 * 1024);
try {
  show(small);
} catch (error) {
  console.log(`${small.name}: ${error.code}: ${error.message}`);
}

// The program's choice for everybody, unless its operator has another one: ALLOMORPH_ALLOCATOR=jemalloc.
show(setGlobalAllocator(system));
