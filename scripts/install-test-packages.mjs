// Installs what some tests and benchmarks use: Debian's packages of mimalloc, tcmalloc and jemalloc
// to compare with, musl's compiler, time(1) and valgrind. Where that is not possible, it says so and goes on: the tests
// then assert how the absence of an allocator is reported.
//
//   node scripts/install-test-packages.mjs

import { spawnSync } from 'node:child_process';

const packages = [
  'libmimalloc2.0',
  'libtcmalloc-minimal4',
  'libjemalloc2',
  'musl-tools',
  'time',
  'valgrind',
];

const run = (command, ...args) => spawnSync(command, args, { encoding: 'utf8' });
const isInstalled = (name) =>
  run('dpkg-query', '-W', '-f=${Status}', name).stdout?.includes('install ok installed') === true;

const missing = packages.filter((name) => !isInstalled(name));
if (missing.length > 0) {
  const hint = `apt-get install ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || run('apt-get', '--version').status !== 0) {
    console.log(`What some tests use is missing; to have them: ${hint}`);
  } else {
    console.log(`Installing ${missing.join(', ')} (Debian packages) ...`);
    const install = () =>
      run('apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...missing);
    // A machine that has never seen `apt-get update` knows no packages.
    const first = install();
    const result = first.status === 0 ? first : (run('apt-get', 'update', '-qq'), install());
    if (result.status !== 0) console.log(`${hint} failed:\n${result.stderr}`);
  }
}
