import { jemalloc } from 'allomorph';
import { node } from '../support/child.js';

// Each is a process that dies of what it does.

const backends = jemalloc.available ? ['system', 'jemalloc'] : ['system'];

const prelude = (backend: string) => `
  const { checked, ${backend} } = require('allomorph');
  const koffi = require('koffi');
  const memset = koffi.load(null).func('memset', 'void*', ['uintptr_t', 'int', 'size_t']);
  const allocator = checked(${backend}, { level: 'page-guard', leaks: 'off' });
  const address = allocator.allocate(64, 16);
`;

describe.each(backends)('checked(%s), page-guard', (backend) => {
  test.each([
    ['overflow', 'memset(address + 64, 1, 1);', 64, 'live'],
    ['underflow', 'memset(address - 4096, 1, 1);', -4096, 'live'],
    [
      'use-after-free',
      'allocator.deallocate(address, 64, 16); memset(address + 5, 1, 1);',
      5,
      'freed',
    ],
  ])('%s: the access ends the process, after a report', (kind, access, offset, state) => {
    const child = node(`${prelude(backend)} ${access} console.log('survived');`);
    expect(child.stdout).toBe('');
    expect(child.signal).toBe('SIGSEGV');
    expect(child.stderr).toMatch(
      new RegExp(
        `^==allomorph== ${kind}: access to 0x[0-9a-f]+, at offset ${offset} of the block\n` +
          `==allomorph==   block 0x[0-9a-f]+, size 64, alignment 16, ${state}\n`,
      ),
    );
    expect(child.stderr).toMatch(
      /==allomorph== {3}allocated at\n==allomorph== {5}\[eval\]:6:\d+\n==allomorph== {5}#0 /,
    );
    expect(/freed at\n==allomorph== {5}\[eval\]:7:\d+\n/.test(child.stderr)).toBe(
      state === 'freed',
    );
    expect(child.stderr).toContain('==allomorph==   accessed at\n');
    // Frames of the package itself say nothing; Node's, which called it, come first.
    expect(child.stderr).toMatch(
      /allocated at\n==allomorph== {5}\S+\n==allomorph== {5}#0 \S+\+0x[0-9a-f]+/,
    );
    expect(child.stderr).not.toContain('allomorph.node');
  });

  test('reading beyond a block faults too', () => {
    const child = node(
      `${prelude(backend)} koffi.load(null).func('memchr', 'uintptr_t', ['uintptr_t', 'int', 'size_t'])(address, 300, 65);`,
    );
    // All 64 bytes are 0xa5: the search for 44 goes on into the guard.
    expect(child.signal).toBe('SIGSEGV');
    expect(child.stderr).toContain('overflow: access to');
  });

  test('a stray access elsewhere ends the process as without us', () => {
    const child = node(`${prelude(backend)} memset(4096, 1, 1);`);
    expect(child).toMatchObject({ signal: 'SIGSEGV', stderr: '' });
  });

  test('WebAssembly, which lives from faults, goes on', () => {
    const child = node(`${prelude(backend)}
      const bytes = Buffer.from('0061736d0100000001060160017f017f03020100050301000107050101660000' +
        '0a0901070020002802000b', 'hex');
      const { f } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
      try { f(-16); } catch (error) { console.log(error.message); }`);
    expect(child).toMatchObject({ status: 0, stderr: '', stdout: 'memory access out of bounds\n' });
  });
});
