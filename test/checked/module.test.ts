import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../support/child.js';
import { makeProgramFolder } from '../support/program-folder.js';

// In an ES module V8 names files by their URLs; here they are paths, as everywhere else.

const folder = makeProgramFolder();
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function outputOf(source: string): string {
  const file = path.join(folder, 'main.mjs');
  writeFileSync(file, source);
  const { status, stdout, stderr } = run(process.execPath, [file]);
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

test.each(['system', 'script'])('places in an ES module, over %s', (behind) => {
  const file = path.join(folder, 'main.mjs');
  const output = outputOf(`import { checked, defineAllocator, system } from 'allomorph';
    const script = defineAllocator({
      name: 'script',
      allocate: (size, align) => system.unsafe.allocate(size, align),
      deallocate: (address, size, align) => system.unsafe.deallocate(address, size, align),
    });
    const memory = checked(${behind}, { leaks: 'off' });
    function make() { return memory.allocate(100, 16); }
    const address = make();
    memory.deallocate(address, 100, 16);
    try { memory.deallocate(address, 100, 16); } catch ({ message, values }) {
      console.log(JSON.stringify({ message, allocatedAt: values.allocatedAt, freedAt: values.freedAt }));
    }
    memory.close();`);
  const { message, allocatedAt, freedAt } = JSON.parse(output) as Record<string, string>;
  expect(message).toContain(`allocated at ${file}:8:37, and freed at ${file}:10:12.`);
  expect(allocatedAt).toBe(`${file}:8:37 (make)\n${file}:9:21`);
  expect(freedAt).toBe(`${file}:10:12`);
});
