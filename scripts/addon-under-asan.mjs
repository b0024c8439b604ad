#!/usr/bin/env node
// The tests of what binds memory to JavaScript, on an addon with AddressSanitizer and
// UndefinedBehaviorSanitizer:
//
//   node scripts/addon-under-asan.mjs [folders or files of test/ ...]
//
// Node itself is not instrumented: the runtime is preloaded, and finds what happens in our code and in
// memory of the C library. jemalloc's memory is its own; what is freed too early there is not seen.
// Works in a copy of the project in out/asan, so that the real addon stays where it is. Linux, GCC.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { BuildFailure, report } from './support/failure.mjs';
import { ROOT } from './support/layout.mjs';

const COPY = path.join(ROOT, 'out', 'asan');
const COPIED = ['dist', 'test', 'package.json', 'tsconfig.json', 'jest.config.cjs', 'prebuilds'];
const TESTS = ['test/blocks', 'test/buffers', 'test/magazines', 'test/compose', 'test/checked'];
// Leaks: Node keeps much until its end, and the tests count ours. Null: what asks for too much is
// tested. ODR: two copies of the addon are.
const OPTIONS =
  'detect_leaks=0:allocator_may_return_null=1:detect_odr_violation=0:abort_on_error=1';

const require = createRequire(import.meta.url);

try {
  copyProject();
  compile(addonFile());
  runTests(process.argv.length > 2 ? process.argv.slice(2) : TESTS);
} catch (error) {
  report('asan', error instanceof BuildFailure ? error : BuildFailure.unexpected(error));
  process.exitCode = 1;
}

function copyProject() {
  rmSync(COPY, { recursive: true, force: true });
  mkdirSync(COPY, { recursive: true });
  for (const name of COPIED) {
    if (!existsSync(path.join(ROOT, name))) {
      throw new BuildFailure(`${name} does not exist`, { fix: 'build first: npm run build' });
    }
    cpSync(path.join(ROOT, name), path.join(COPY, name), {
      recursive: true,
      filter: (source) => !source.split(path.sep).includes('node_modules'),
    });
  }
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(COPY, 'node_modules'));
}

function addonFile() {
  const prebuilds = path.join(COPY, 'prebuilds');
  const [folder] = readdirSync(prebuilds).filter((name) =>
    name.startsWith(`linux-${process.arch}`),
  );
  if (folder === undefined) throw new BuildFailure('there is no addon for Linux to replace');
  return path.join(prebuilds, folder, 'allomorph.node');
}

function compile(output) {
  const sources = require('../native/sources.json');
  const jemalloc = path.join(ROOT, 'out', 'jemalloc', 'static');
  const hasJemalloc = existsSync(jemalloc) && process.env.ALLOMORPH_JEMALLOC !== 'off';
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const files = [
    ...sources.compose,
    ...sources.core,
    ...sources.allocators,
    ...sources.binding,
    ...sources.platform.linux,
  ];
  const objects = files.map((file) => {
    const object = path.join(COPY, `${file.replaceAll('/', '-')}.o`);
    const isC = file.endsWith('.c');
    const language = isC ? ['-std=gnu11'] : ['-std=c++20', '-fno-exceptions', '-fno-rtti'];
    run(isC ? 'gcc' : 'g++', [
      ...language,
      ...['-g', '-O1', '-fPIC', '-fno-omit-frame-pointer', '-fvisibility=hidden'],
      ...['-fsanitize=address,undefined', '-fno-sanitize-recover=undefined'],
      `-I${path.join(ROOT, 'native')}`,
      ...['-isystem', require('node-addon-api').include_dir],
      ...['-isystem', require('node-api-headers').include_dir],
      ...(hasJemalloc ? ['-DALLOMORPH_WITH_JEMALLOC', `-I${jemalloc}/include`] : []),
      '-DNAPI_VERSION=8',
      '-DNODE_ADDON_API_DISABLE_CPP_EXCEPTIONS',
      '-DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
      `-DALLOMORPH_PACKAGE_VERSION="${version}"`,
      ...['-c', path.join(ROOT, file), '-o', object],
    ]);
    return object;
  });
  run('g++', [
    ...['-shared', '-fsanitize=address,undefined', '-Wl,-Bsymbolic', '-Wl,--exclude-libs,ALL'],
    `-Wl,--version-script=${path.join(ROOT, 'native', 'gyp', 'exports.map')}`,
    '-Wl,-z,nodelete',
    ...objects,
    ...(hasJemalloc ? [`${jemalloc}/lib/libjemalloc_pic.a`] : []),
    ...['-ldl', '-lpthread', '-o', output],
  ]);
}

function runTests(tests) {
  const jest = path.join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  // Jest looks for patterns in absolute paths.
  const patterns = tests.map((test) => path.join(COPY, test));
  const runtime = spawnSync('g++', ['-print-file-name=libasan.so'], { encoding: 'utf8' });
  const preload = { LD_PRELOAD: runtime.stdout.trim() };
  run(
    process.execPath,
    [jest, '--rootDir', COPY, '--runInBand', '--testTimeout=600000', ...patterns],
    {
      cwd: COPY,
      // The tests start their children without the variables of the loader, but with this one.
      env: {
        ...process.env,
        ...preload,
        TEST_LD_PRELOAD: preload.LD_PRELOAD,
        ASAN_OPTIONS: OPTIONS,
      },
    },
  );
}

function run(command, args, settings) {
  const { status, signal, error } = spawnSync(command, args, { stdio: 'inherit', ...settings });
  if (status === 0) return;
  const end = error?.message ?? (signal ? `ended by ${signal}` : `exited with ${status}`);
  throw new BuildFailure(`${command} ${end}`, { fix: 'see its output above' });
}
