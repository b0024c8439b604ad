// The child process of suite `compose`: node out/bench/cases/compose.js BLOCK FORM DOOR
//
// One block and one door in a process, so that each loop sees one kind of allocator, as a program's would.
// One operation is one allocate and one deallocate of 64 bytes.
import type { Allocator, RawAllocator } from 'allomorph';
import { timeAndPrint } from '../harness/timing.js';

const size = 64;
const align = 16;

type Package = typeof import('allomorph');

const blocks: Record<string, (package_: Package, over: Allocator) => Allocator> = {
  none: (_, over) => over,
  limited: ({ limited }, over) => limited(over, 2 ** 40),
  counted: ({ counted }, over) => counted(over),
  logged: ({ logged }, over) => logged(over, '/dev/null'),
  fallback: ({ fallback }, over) => fallback(over, over),
  segregated: ({ segregated }, over) => segregated(1024, over, over),
  bump: ({ bump }, over) => bump(over),
  failing: ({ failing }, over) => failing(over, { after: 2 ** 52 }),
};

const forms: Record<string, (package_: Package) => Allocator> = {
  native: ({ system }) => system,
  // The least that an allocator in JavaScript can be, over the same memory.
  JavaScript: ({ defineAllocator, system: { unsafe } }) =>
    defineAllocator({
      name: 'defined',
      allocate: (bytes, alignment) => unsafe.allocate(bytes, alignment),
      deallocate: (address, oldSize, alignment) => {
        unsafe.deallocate(address, oldSize, alignment);
      },
    }),
};

const doors: Record<string, (allocator: Allocator) => RawAllocator> = {
  checked: (allocator) => allocator,
  unsafe: ({ unsafe }) => unsafe,
};

async function main([block = '', form = '', door = '']: string[]): Promise<void> {
  const [make, over, open] = [blocks[block], forms[form], doors[door]];
  if (make === undefined || over === undefined || open === undefined) {
    throw new Error(
      `no case "${block} ${form} ${door}"; blocks: ${Object.keys(blocks).join(', ')}; ` +
        `forms: ${Object.keys(forms).join(', ')}; doors: ${Object.keys(doors).join(', ')}`,
    );
  }
  const package_ = await import('allomorph');
  const allocator = open(make(package_, over(package_)));
  timeAndPrint((count) => {
    for (let done = 0; done < count; done++) {
      allocator.deallocate(allocator.allocate(size, align), size, align);
    }
  });
}

void main(process.argv.slice(2));
