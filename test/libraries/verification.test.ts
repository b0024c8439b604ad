import { existsSync } from 'node:fs';
import { loadAllocator } from 'allomorph';
import { useLibraries } from '../support/allocator-libraries.js';
import { node } from '../support/child.js';
import { disturbing, type Disturbance } from '../support/disturbances.js';
import { expectNoLeaks } from '../support/leaks.js';

expectNoLeaks();
const libraries = useLibraries();

/** In a process of its own, as the library disturbs that, too. */
const load = (disturbance: Disturbance, options = {}) => {
  const source = `
    const start = performance.now();
    let result = 'loaded';
    try {
      require('allomorph').loadAllocator(${JSON.stringify(disturbing(libraries, disturbance))}, ${JSON.stringify(options)});
    } catch (error) { result = error.code + ' ' + error.message; }
    const seconds = (performance.now() - start) / 1000;
    require('node:fs').writeSync(1, JSON.stringify({ result, seconds }));
    process.kill(process.pid, 'SIGKILL');`;
  const env = { ALLOMORPH_CACHE: libraries.cache };
  return JSON.parse(node(source, { env }).stdout) as { result: string; seconds: number };
};

describe('what a library does to its process does not hold up who verifies it', () => {
  test.each<[Disturbance, RegExp]>([
    [
      'forges_events',
      /^ERR_ALLOMORPH_NONCONFORMING .*"load".* ends the process with exit status 0/,
    ],
    ['aborts_at_exit', /^ERR_ALLOMORPH_NONCONFORMING .*"load".*process ends, it crashes: SIGABRT/],
    ['fails_at_exit', /^ERR_ALLOMORPH_NONCONFORMING .*"load".*process ends, .*exit status 7/],
  ])('%s', (disturbance, result) => {
    const loaded = load(disturbance);
    expect(loaded.result).toMatch(result);
    expect(loaded.seconds).toBeLessThan(15);
  });

  test.each(['leaves_child', 'leaves_daemon', 'writes_to_descriptor', 'floods'] as const)(
    '%s: its functions are sound',
    (disturbance) => {
      const source = `
        const { inspectLibrary } = require('./dist/libraries/inspect.js');
        const { verify } = require('./dist/libraries/verify.js');
        const start = performance.now();
        verify(inspectLibrary(${JSON.stringify(disturbing(libraries, disturbance))}));
        console.log(performance.now() - start < 15000);`;
      expect(node(source)).toMatchObject({ stdout: 'true\n', stderr: '' });
    },
  );
});

test('a library that is loaded already is verified when that is asked for, or was never done', () => {
  const file = libraries.classic();
  const trusted = loadAllocator(file, { verify: false });
  for (const options of [{ verify: true }, {}]) {
    expect(() => loadAllocator(file, options)).toThrow(
      expect.objectContaining({ code: 'ERR_ALLOMORPH_NONCONFORMING' }),
    );
  }
  expect(loadAllocator(file, { verify: false })).toBe(trusted);
});

(existsSync('/proc/self/mem') ? test : test.skip)('a file that cannot be read is told so', () => {
  expect(() => loadAllocator('/proc/self/mem')).toThrow(
    expect.objectContaining({
      code: 'ERR_ALLOMORPH_LIBRARY',
      message: expect.stringContaining('cannot be read (EIO)') as string,
    }),
  );
});
