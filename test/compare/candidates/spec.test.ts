import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseSpecs } from 'allomorph/compare/candidates/spec';
import { Scratch } from '../../support/scratch.js';

const spec = (allocator: string, more: object = {}) => ({
  label: undefined,
  allocator,
  preset: 'balanced',
  conf: undefined,
  ...more,
});

test.each([
  ['now', [spec('now', { preset: null })]],
  ['system', [spec('system', { preset: null })]],
  ['jemalloc', [spec('jemalloc')]],
  ['jemalloc:stock', [spec('jemalloc', { preset: null })]],
  ['jemalloc:memory', [spec('jemalloc', { preset: 'memory' })]],
  ['a=jemalloc,b=jemalloc', [spec('jemalloc', { label: 'a' }), spec('jemalloc', { label: 'b' })]],
  ['/opt/lib/libx.so.2', [spec('/opt/lib/libx.so.2')]],
  ['mine=/opt/lib/libx.so', [spec('/opt/lib/libx.so', { label: 'mine' })]],
  ['./libx.so', [spec('./libx.so')]],
  ['counted:./libx.so,now', [spec('counted:./libx.so'), spec('now', { preset: null })]],
  [
    'a=limited:bytes=1g:jemalloc:memory',
    [spec('limited:bytes=1g:jemalloc', { label: 'a', preset: 'memory' })],
  ],
  ['counted:system', [spec('counted:system', { preset: null })]],
  [
    'checked:level=poison,every=4:counted:report=/r:jemalloc:stock+narenas:2',
    [
      spec('checked:level=poison,every=4:counted:report=/r:jemalloc', {
        preset: null,
        conf: 'narenas:2',
      }),
    ],
  ],
  [
    'now,tuned=jemalloc+narenas:2,dirty_decay_ms:1000',
    [
      spec('now', { preset: null }),
      spec('jemalloc', { label: 'tuned', conf: 'narenas:2,dirty_decay_ms:1000' }),
    ],
  ],
  [
    'system+glibc.malloc.arena_max=2:glibc.malloc.trim_threshold=1',
    [
      spec('system', {
        preset: null,
        conf: 'glibc.malloc.arena_max=2:glibc.malloc.trim_threshold=1',
      }),
    ],
  ],
])('%s', (text, expected) => {
  expect(parseSpecs(text)).toEqual(expected);
});

describe('a file that exists is a path, whatever its name has', () => {
  const scratch = new Scratch();
  afterAll(() => scratch[Symbol.dispose]());

  test.each(['lib+x.so', 'libc++.so', 'a,b.so', 'a:b.so', 'a=b.so'])('%s', (name) => {
    const file = path.join(scratch.folder, name);
    writeFileSync(file, '');
    expect(parseSpecs(`now,${file}`)).toEqual([spec('now', { preset: null }), spec(file)]);
    expect(parseSpecs(`x=${file}:memory,counted:${file}+narenas:2,dss:x`)).toEqual([
      spec(file, { label: 'x', preset: 'memory' }),
      spec(`counted:${file}`, { conf: 'narenas:2,dss:x' }),
    ]);
    const conf = 'x'.repeat(5000);
    expect(parseSpecs(`${file}+${conf}`)).toEqual([spec(file, { conf })]);
    expect(() => parseSpecs(`${file}:fast`)).toThrow(`--with ${file}:PRESET`);
  });
});

test.each([
  ['', /--with has ""/],
  ['jemalloc,', /--with has ""/],
  ['jemalloc:fast', /--with jemalloc:PRESET \(or stock\) is "fast"\. Valid: balanced/],
  [
    'countd:./libx.so',
    /--with is "countd:\.\/libx\.so": there is no building block "countd"\. Valid: /,
  ],
  ['counted:limitd:system', /there is no building block "limitd"/],
  ['jemalloc:', /preset is missing/],
  ['jemalloc+', /--with has "jemalloc\+"/],
  ['now:memory', /"now" is the present state as it is/],
  ['counted:now', /"now" is the present state as it is/],
  ['now+narenas:2', /"now" is the present state as it is/],
])('refuses %j', (text, message) => {
  expect(() => parseSpecs(text)).toThrow(message);
});
