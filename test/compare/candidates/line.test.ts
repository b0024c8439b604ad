import { lineFor } from 'allomorph/compare/candidates/line';
import type { Spec } from 'allomorph/compare/candidates/spec';
import type { EnvironmentChange } from 'allomorph/compare/candidates/environment-changes';

const command = { file: '/usr/bin/node', words: ['node', "it's here.js", '$HOME'] };
const program = `node 'it'\\''s here.js' '$HOME'`;
const own = { kind: 'jemalloc', library: '/ours.so', isOwn: true };
const foreign = { kind: 'jemalloc', library: '/usr/lib/libjemalloc.so.2', isOwn: false };
const libc = { kind: 'glibc', library: null, isOwn: false };
const spec = (allocator: string, preset: Spec['preset'], conf?: string): Spec => ({
  label: undefined,
  allocator,
  preset,
  conf,
});

test.each([
  ['balanced', spec('jemalloc', 'balanced'), own, 'npx allomorph run --'],
  ['a preset', spec('jemalloc', 'memory'), own, 'npx allomorph run --preset memory --'],
  [
    'options',
    spec('jemalloc', 'balanced', 'narenas:2,tcache:false'),
    own,
    'npx allomorph run --conf narenas:2,tcache:false --',
  ],
  ['stock', spec('jemalloc', null), own, 'LD_PRELOAD="$(npx allomorph preload)"'],
  [
    'a foreign one',
    spec('mimalloc', 'balanced'),
    foreign,
    'npx allomorph run --allocator mimalloc --',
  ],
  ['stock of a foreign one', spec('/x', null), foreign, 'LD_PRELOAD="/usr/lib/libjemalloc.so.2"'],
  ['the C library', spec('system', null), libc, 'npx allomorph run --allocator system --'],
] as const)('%s', (_, given, wanted, start) => {
  expect(lineFor(given, wanted, 'node', [], command)).toBe(`${start} ${program}`);
});

test('which children stay on it is said where it is not the default', () => {
  expect(lineFor(spec('jemalloc', 'balanced'), own, 'all', [], command)).toBe(
    `npx allomorph run --inherit all -- ${program}`,
  );
});

test('what the user has set about allocators goes, what else is preloaded stays', () => {
  const cleared: EnvironmentChange[] = [
    ['MALLOC_ARENA_MAX', null],
    ['LD_PRELOAD', '/lib/libtrace.so'],
  ];
  expect(lineFor(spec('jemalloc', 'balanced'), own, 'node', cleared, command)).toBe(
    `env -u MALLOC_ARENA_MAX LD_PRELOAD=/lib/libtrace.so npx allomorph run -- ${program}`,
  );
  expect(lineFor(spec('jemalloc', null), own, 'node', cleared, command)).toBe(
    'env -u MALLOC_ARENA_MAX LD_PRELOAD=/lib/libtrace.so ' +
      `LD_PRELOAD="$(npx allomorph preload):/lib/libtrace.so" ${program}`,
  );
});
