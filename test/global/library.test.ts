import path from 'node:path';
import { useLibraries } from '../support/allocator-libraries.js';
import { addonFile } from '../support/binaries.js';
import { node, root } from '../support/child.js';

// ALLOMORPH_ALLOCATOR names a library. Each test is a process: the choice is made once in each.

const libraries = useLibraries();

const start = (library: string, source: string) =>
  node(source, {
    env: { ALLOMORPH_ALLOCATOR: library, ALLOMORPH_CACHE: libraries.cache },
  });
const tell = `
  const { globalAllocator, loadAllocator } = require('allomorph');
  const allocator = globalAllocator();
  const address = allocator.allocate(100, 16);
  console.log(allocator.name, allocator.live().blocks, allocator === loadAllocator(process.env.ALLOMORPH_ALLOCATOR));
  allocator.deallocate(address, 100, 16);`;

test('the library is the global allocator, in every thread', () => {
  const source = `${tell}
    new (require('node:worker_threads').Worker)(${JSON.stringify(tell)}, { eval: true });`;
  expect(start(libraries.allocator(), source)).toEqual({
    status: 0,
    signal: null,
    stdout: 'libsound.so 1 true\nlibsound.so 1 true\n',
    stderr: '',
  });
});

test("the operator's library wins over the program's choice, with one warning", () => {
  const { stdout, stderr } = start(
    libraries.allocator(),
    `const { setGlobalAllocator, system } = require('allomorph'); console.log(setGlobalAllocator(system).name);`,
  );
  expect(stdout).toBe('libsound.so\n');
  expect(stderr).toContain('ALLOMORPH_OPERATOR_WINS');
  expect(stderr).toContain(`ALLOMORPH_ALLOCATOR=${libraries.allocator()} wins: libsound.so.`);
});

test('native code that asks first gets it, without any JavaScript of ours', () => {
  const source = `
    const koffi = require(${JSON.stringify(path.join(root, 'node_modules', 'koffi'))});
    const addon = koffi.load(${JSON.stringify(addonFile)});
    const table = koffi.decode(addon.func('void *allomorph_global_abi()')(), koffi.struct({ version: 'uint32_t', size: 'uint32_t', name: 'const char *' }));
    console.log(table.name);
    console.log(require('allomorph').globalAllocator().name);`;
  expect(start(libraries.allocator(), source).stdout).toBe('libsound.so\nlibsound.so\n');
});

test('native code that asks first ends with the reason when it cannot be had', () => {
  const source = `
    const koffi = require(${JSON.stringify(path.join(root, 'node_modules', 'koffi'))});
    koffi.load(${JSON.stringify(addonFile)}).func('void *allomorph_global_abi()')();`;
  for (const [library, reason] of [
    ['/no/such.so', /"\/no\/such\.so", which cannot be loaded as an allocator: .*No such file/],
    [
      libraries.compile('nothing', 'int nothing;'),
      /defines neither the five functions \(no __rust_allocate\)/,
    ],
    [addonFile, /it is the addon of allomorph itself/],
    ['libmy.so', /which is not an allocator that can be used here/],
  ] as const) {
    const { status, stderr } = start(library, source);
    expect([status, stderr]).toEqual([1, expect.stringMatching(reason)]);
  }
});

test.each<[string, () => string, string, RegExp]>([
  [
    'absent',
    () => '/no/such.so',
    'ERR_ALLOMORPH_LIBRARY',
    /ALLOMORPH_ALLOCATOR is '\/no\/such\.so': .*does not exist/,
  ],
  [
    'incomplete',
    () => libraries.allocator('missing_symbol'),
    'ERR_ALLOMORPH_LIBRARY',
    /but not __rust_usable_size/,
  ],
  [
    'broken',
    () => libraries.allocator('loses_content'),
    'ERR_ALLOMORPH_NONCONFORMING',
    /breaks the rule "reallocate"/,
  ],
  [
    'crashing',
    () => libraries.allocator('no_constructor'),
    'ERR_ALLOMORPH_NONCONFORMING',
    /breaks the rule "load"/,
  ],
  [
    'of a prefix that native code does not know',
    () => libraries.allocator(undefined, ['-DPREFIX=my_']),
    'ERR_ALLOMORPH_LIBRARY',
    /loadAllocator\(path, \{ prefix \}\)/,
  ],
  [
    'named by a relative path',
    () => './libmy.so',
    'ERR_ALLOMORPH_UNKNOWN_ALLOCATOR',
    /or the absolute path of a library/,
  ],
])('a library that is %s stops the program', (_name, library, code, message) => {
  const { status, stdout, stderr } = start(
    library(),
    `require('allomorph'); console.log('started');`,
  );
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toContain(code);
  expect(stderr).toMatch(message);
});

test('a library chosen by the program is global, and cannot be replaced', () => {
  const source = `
    const { setGlobalAllocator, loadAllocator, system } = require('allomorph');
    const mine = loadAllocator(${JSON.stringify(libraries.allocator())}, { name: 'mine', verify: false });
    console.log(setGlobalAllocator(mine) === mine);
    try { setGlobalAllocator(system); } catch (error) { console.log(error.code); }`;
  expect(node(source)).toMatchObject({
    stdout: 'true\nERR_ALLOMORPH_GLOBAL_CONFLICT\n',
    stderr: '',
  });
});
