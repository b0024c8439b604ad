#!/usr/bin/env node
// Builds and runs the C++ tests: node scripts/native-tests.mjs [none|address|thread]
//
// The variant names the sanitizer. ALLOMORPH_JEMALLOC=off leaves jemalloc out, as
// it does for the build.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { checkIncludes } from './check-includes.mjs';
import { BuildFailure, report } from './support/failure.mjs';
import { ROOT } from './support/layout.mjs';

const VARIANTS = ['none', 'address', 'thread'];
// The largest entropy of mmap addresses with which the shadow memory of GCC's
// and older LLVM's ThreadSanitizer is free; newer kernels default to 32.
const TSAN_MMAP_RND_BITS = 28;

try {
  const variant = process.argv[2] ?? 'none';
  if (!VARIANTS.includes(variant)) {
    throw new BuildFailure(`"${variant}" is not a variant`, {
      fix: `use one of: ${VARIANTS.join(', ')}`,
    });
  }
  checkIncludes();
  provideTools();
  const withoutJemalloc = process.env.ALLOMORPH_JEMALLOC === 'off';
  const folder = path.join(
    ROOT,
    'out',
    'cmake',
    withoutJemalloc ? `${variant}-without-jemalloc` : variant,
  );
  await configure(folder, variant, withoutJemalloc);
  run('cmake', ['--build', folder, '-j', '2']);
  const ctest = ['ctest', '--test-dir', folder, '--output-on-failure', '-j', '2'];
  run(...(variant === 'thread' ? withoutRandomAddresses(ctest) : split(ctest)));
} catch (error) {
  report('native tests', error instanceof BuildFailure ? error : BuildFailure.unexpected(error));
  process.exitCode = 1;
}

/**
 * Through cmake-js's CMake class and not its command line: told that the addon uses Node-API only, it takes
 * the headers from the package node-api-headers, where the command line would download those of this Node.
 */
async function configure(folder, variant, withoutJemalloc) {
  const { CMake } = createRequire(import.meta.url)('cmake-js');
  const cmake = new CMake({
    directory: ROOT,
    out: folder,
    config: 'RelWithDebInfo',
    isNodeApi: true,
    cMakeOptions: {
      ALLOMORPH_SANITIZE: variant,
      ...(withoutJemalloc && { ALLOMORPH_JEMALLOC: 'OFF' }),
    },
  });
  try {
    await cmake.configure();
  } catch (error) {
    throw new BuildFailure(`cmake cannot configure ${folder}: ${error.message}`, {
      fix: `see cmake's message above; after a change of compiler remove ${folder}`,
    });
  }
}

/** cmake and doctest, installed when this is a Debian machine and we may. */
function provideTools() {
  const missing = [
    ...(succeeds('cmake', ['--version']) ? [] : ['cmake']),
    ...(hasDoctest() ? [] : ['doctest-dev']),
  ];
  if (missing.length === 0) return;
  if (!succeeds('apt-get', ['--version']) || process.getuid?.() !== 0) {
    throw new BuildFailure(`missing: ${missing.join(', ')}`, {
      fix: `install cmake and the C++ header doctest/doctest.h (as root on Debian, Ubuntu: apt-get install ${missing.join(' ')})`,
    });
  }
  console.log(`native tests: installing ${missing.join(', ')} with apt-get`);
  const install = ['install', '-y', '-q', '--no-install-recommends', ...missing];
  // Package lists are absent in fresh containers and stale in old ones.
  if (succeeds('apt-get', install)) return;
  run('apt-get', ['update', '-q']);
  run('apt-get', install);
}

/** Asked of the compiler, which knows every place where a header may be. */
function hasDoctest() {
  const [compiler, ...args] = (process.env.CXX?.trim() || 'c++').split(/\s+/);
  return succeeds(compiler, [
    ...args,
    '-x',
    'c++',
    '-E',
    '-include',
    'doctest/doctest.h',
    '/dev/null',
  ]);
}

/** ThreadSanitizer ends with "unexpected memory mapping" when the kernel scatters addresses too widely. */
function withoutRandomAddresses(command) {
  if (process.platform !== 'linux' || mmapRandomBits() <= TSAN_MMAP_RND_BITS) return split(command);
  if (!succeeds('setarch', ['-R', 'true'])) {
    throw new BuildFailure(
      'ThreadSanitizer cannot run: addresses are randomised and setarch -R is not allowed',
      {
        fix: `allow the personality system call, or: sysctl vm.mmap_rnd_bits=${TSAN_MMAP_RND_BITS}`,
      },
    );
  }
  return split(['setarch', '-R', ...command]);
}

function mmapRandomBits() {
  const file = '/proc/sys/vm/mmap_rnd_bits';
  try {
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  } catch {
    // Only root may read it; assume the worst.
    return Infinity;
  }
}

function split([command, ...args]) {
  return [command, args];
}

function succeeds(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' });
  if (status === 0) return;
  throw new BuildFailure(`${command} ${error ? error.message : `exited with ${status}`}`, {
    fix: 'see its output above',
  });
}
