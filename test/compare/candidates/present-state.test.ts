import { changed, withoutPresentChoice } from 'allomorph/compare/candidates/present-state';
import { resolveChanges } from 'allomorph/compare/candidates/environment-changes';
import { places } from 'allomorph/native/addon';

const without = (environment: NodeJS.ProcessEnv) =>
  changed(environment, withoutPresentChoice(environment));

test('what allocators read is taken out, everything else stays', () => {
  const others = {
    PATH: '/bin',
    LD_LIBRARY_PATH: '/x',
    NODE_OPTIONS: '--no-warnings',
    MALLOCATE: '1',
  };
  const ofAllocators = {
    MALLOC_CONF: 'narenas:2',
    _RJEM_MALLOC_CONF: 'x:1',
    MALLOC_ARENA_MAX: '2',
    MALLOC_TRIM_THRESHOLD_: '1',
    MIMALLOC_PURGE_DELAY: '0',
    TCMALLOC_RELEASE_RATE: '10',
  };
  expect(without({ ...others, ...ofAllocators })).toEqual(others);
  expect(withoutPresentChoice(others)).toEqual([]);
});

test.each([
  ['LD_PRELOAD', '/lib/libjemalloc.so.2', undefined],
  ['LD_PRELOAD', '/lib/libtrace.so:/lib/libjemalloc.so.2', '/lib/libtrace.so'],
  ['LD_PRELOAD', '/lib/liballomorph-jemalloc.so libtrace.so', 'libtrace.so'],
  ['LD_PRELOAD', '/a.so /b.so', '/a.so /b.so'],
  ['GLIBC_TUNABLES', 'glibc.malloc.arena_max=2', undefined],
  ['GLIBC_TUNABLES', 'glibc.malloc.arena_max=2:glibc.rtld.nns=3', 'glibc.rtld.nns=3'],
  ['GLIBC_TUNABLES', 'glibc.rtld.nns=3', 'glibc.rtld.nns=3'],
])('%s=%s becomes %j', (name, value, kept) => {
  expect(without({ [name]: value })[name]).toBe(kept);
});

test('changes are joined with what the user has, as the launcher joins them', () => {
  const environment = { A: 'theirs', B: 'theirs', C: 'theirs', D: 'theirs', E: '' };
  expect(
    resolveChanges(
      [
        ['A', 'ours', ':', places.behind],
        ['B', 'ours', ',', places.before],
        ['C', 'ours', '', places.ifAbsent],
        ['D', 'ours', '', places.last],
        ['E', 'ours', ',', places.before],
        ['F', 'ours', ',', places.before],
      ],
      environment,
    ),
  ).toEqual([
    ['A', 'theirs:ours'],
    ['B', 'ours,theirs'],
    ['C', 'theirs'],
    ['D', 'ours'],
    ['E', 'ours'],
    ['F', 'ours'],
  ]);
});
