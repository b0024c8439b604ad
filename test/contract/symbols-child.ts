// Runs the contract on the exported C symbols of the addon that the package has loaded, on the
// global backend named in the environment, and prints one result a case.
import { globalAllocator, jemalloc, system } from 'allomorph';
import { contractCases } from './cases.js';
import { symbolsDoor, type Door } from './doors.js';

const [addon = ''] = process.argv.slice(2);
const backend = process.env['ALLOMORPH_ALLOCATOR'] as Door['backend'];
const live = () => (backend === 'jemalloc' ? jemalloc : system).live();
const door = symbolsDoor(addon, backend);

const results = contractCases.map(({ name, run }) => {
  const before = live();
  try {
    run(door);
    const after = live();
    const leaked = after.blocks !== before.blocks || after.bytes !== before.bytes;
    return { name, error: leaked ? `leaks ${JSON.stringify({ before, after })}` : null };
  } catch (error) {
    return { name, error: String(error) };
  }
});

// That the symbols and the package are one: their blocks are counted by the package.
const probe = door.allocator.allocate(1000, 16);
const counted = live().blocks;
door.allocator.deallocate(probe, 1000, 16);
console.log(JSON.stringify({ effective: globalAllocator().name, counted, results }));
