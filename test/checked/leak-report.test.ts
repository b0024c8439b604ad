import { node } from '../support/child.js';

const prelude = (behind: string, options = '') => `
  const { checked, system } = require('allomorph');
  const script = {
    name: 'script', unsafe: system.unsafe,
    allocate: (...args) => system.allocate(...args),
    deallocate: (...args) => system.deallocate(...args),
    reallocate: (...args) => system.reallocate(...args),
    reallocateInplace: (...args) => system.reallocateInplace(...args),
    usableSize: (...args) => system.usableSize(...args),
  };
  const allocator = checked(${behind}, { ${options} });
  function leaky(size) { return allocator.allocate(size, 16); }
`;

describe.each(['system', 'script'])('checked(%s) at the end of the process', (behind) => {
  test.each([
    ['the program ends', ''],
    ['process.exit', 'process.exit(0);'],
  ])('%s: what is live is reported by place, the largest first', (_name, end) => {
    const child = node(
      `${prelude(behind)} for (let round = 0; round < 3; round++) leaky(100); allocator.allocate(5, 1); ${end}`,
    );
    expect(child.status).toBe(0);
    expect(child.stderr).toMatch(
      new RegExp(
        `^checked\\(${behind}\\): 4 blocks \\(305 bytes\\) were never freed.\n` +
          '  3 blocks \\(300 bytes\\), allocated at \\[eval\\]:\\d+:\\d+\n' +
          '      \\[eval\\]:\\d+:\\d+ \\(leaky\\)\n',
      ),
    );
    expect(child.stderr).toContain('  1 block (5 bytes), allocated at [eval]:');
  });

  test('with leaks off, or when all is freed, nothing is said', () => {
    for (const source of [
      `${prelude(behind, "leaks: 'off'")} leaky(100);`,
      `${prelude(behind)} allocator.deallocate(leaky(100), 100, 16);`,
      `${prelude(behind)} allocator.deallocate(leaky(100), 100, 16); allocator.close();`,
    ]) {
      expect(node(source)).toMatchObject({ status: 0, stderr: '' });
    }
  });

  test('a freed block that was written to is found at the end', () => {
    const child = node(`${prelude(behind)}
      const address = leaky(100); allocator.deallocate(address, 100, 16);
      require('koffi').load(null).func('memset', 'void*', ['uintptr_t', 'int', 'size_t'])(address + 3, 1, 1);`);
    expect(child.stderr).toMatch(
      /^checked\(\w+\): use after free: the byte at offset 3 was overwritten with 0x1 /,
    );
  });

  test('a freed block that was written to is found when the allocator is closed', () => {
    const child = node(`${prelude(behind)}
      const address = leaky(100); allocator.deallocate(address, 100, 16);
      require('koffi').load(null).func('memset', 'void*', ['uintptr_t', 'int', 'size_t'])(address + 3, 1, 1);
      allocator.close(); console.log(system.live().blocks);`);
    expect(child.stderr).toMatch(/use.after.free: the byte at offset 3 /);
    expect(child.stdout).toBe('0\n');
  });

  test('a worker reports its own when it ends', () => {
    const child = node(`const { Worker } = require('node:worker_threads');
      new Worker(${JSON.stringify(`${prelude(behind)} leaky(77);`)}, { eval: true });`);
    expect(child.status).toBe(0);
    expect(child.stderr).toContain(`checked(${behind}): 1 block (77 bytes) was never freed.`);
  });
});
