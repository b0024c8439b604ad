import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { BuildFailure } from '../support/failure.mjs';
import { ROOT } from '../support/layout.mjs';
import { compile } from './compile.mjs';

const fixtures = path.join(ROOT, 'test', 'fixtures', 'allocators');

/** Which allocators the interposer runs on, the classic five functions first. */
export function targets() {
  const program = compile('native/test/preload/malloc_stress.c', 'malloc_stress', ['-g']);
  const interposer = prebuilt('liballomorph-malloc.so');
  const jemalloc = prebuilt('liballomorph-jemalloc.so', true);
  const library = (name) =>
    compile(path.join(fixtures, `${name}.c`), `lib${name}.so`, ['-shared', '-fPIC']);
  const on = (name, spec, ...behind) => ({
    name,
    program,
    spec,
    preload: [interposer, ...behind].join(':'),
  });
  return [
    on('classic', library('classic')),
    // It has one lock and does nothing for forks: that its children live is the interposer's work.
    on('locked', library('locked')),
    on('system', 'system'),
    on('counted system', 'counted:system'),
    // Whatever they report is wrong.
    on('poisoned system', 'checked:leaks=off,on-fault=abort:system'),
    on('guarded system', 'checked:level=page-guard,every=1,leaks=off,on-fault=abort:system'),
    ...(jemalloc === undefined
      ? []
      : [
          on('jemalloc', jemalloc, jemalloc),
          on('limited jemalloc', `limited:bytes=4g:${jemalloc}`, jemalloc),
        ]),
  ];
}

function prebuilt(name, optional = false) {
  const base = path.join(ROOT, 'prebuilds');
  const file = (existsSync(base) ? readdirSync(base) : [])
    .filter((entry) => entry.startsWith(`${process.platform}-${process.arch}`))
    .map((entry) => path.join(base, entry, name))
    .find((candidate) => existsSync(candidate));
  if (file !== undefined || optional) return file;
  throw new BuildFailure(`${name} was not built`, { fix: 'node scripts/build.mjs addon' });
}
