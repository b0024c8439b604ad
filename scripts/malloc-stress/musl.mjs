import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../support/layout.mjs';
import { compile, folder } from './compile.mjs';

/** The same sources, built for musl: no Node for musl comes from a package registry, but Debian has a compiler. */
export function targetsOnMusl() {
  const compiler = 'musl-gcc';
  if (spawnSync(compiler, ['--version']).status !== 0) {
    console.log(
      '  musl               skipped: there is no musl-gcc (Debian, Ubuntu: apt-get install musl-tools)',
    );
    return [];
  }
  // Debian's libgcc is made for glibc and asks it for this. No frame is asked for below.
  const stub = path.join(folder, 'dl_find_object.c');
  mkdirSync(folder, { recursive: true });
  const declaration = 'int _dl_find_object(void* pc, void* found)';
  writeFileSync(stub, `${declaration};\n${declaration} { return pc == found ? 0 : -1; }\n`);
  const interposer = compile(
    [...sources(), stub],
    'musl/liballomorph-malloc.so',
    [
      ...['-shared', '-fPIC', '-fvisibility=hidden', '-Inative', '-Wl,-z,now', '-Wl,-Bsymbolic'],
      '-Wl,--version-script=native/preload/malloc/exports.map',
    ],
    compiler,
  );
  const classic = path.join('test', 'fixtures', 'allocators', 'classic.c');
  const library = compile(classic, 'musl/libclassic.so', ['-shared', '-fPIC'], compiler);
  const stressed = ['native/test/preload/malloc_stress.c', interposer];
  const program = compile(stressed, 'musl/malloc_stress', ['-g'], compiler);
  const on = (name, spec) => ({ name, program, spec, preload: interposer });
  return [
    on('musl: classic', library),
    on('musl: counted', 'counted:system'),
    on('musl: poisoned', 'checked:frames=0,leaks=off,on-fault=abort:system'),
  ];
}

function sources() {
  const groups = ['preload_malloc', 'compose'];
  const { stdout } = spawnSync(process.execPath, ['native/gyp/sources.js', ...groups], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return stdout.trim().split('\n');
}
