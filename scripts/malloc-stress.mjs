#!/usr/bin/env node
// Runs native/test/preload/malloc_stress.c on the interposer, over several allocators and seeds:
//
//   node scripts/malloc-stress.mjs [--minutes M] [--seed N]
//
// Without --minutes about 20 seconds, and a short run under valgrind. The first seed is random and printed; a
// failure names the seed that repeats it (threads take turns as they will, so perhaps not at once).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { BuildFailure, report } from './support/failure.mjs';
import { ROOT } from './support/layout.mjs';

const THREADS = 4;
const SECONDS = 2;
const folder = path.join(ROOT, 'out', 'malloc-stress');
const fixtures = path.join(ROOT, 'test', 'fixtures', 'allocators');

try {
  const { values } = parseArgs({
    options: { minutes: { type: 'string' }, seed: { type: 'string' } },
  });
  const first = number(values.seed, '--seed') ?? Math.floor(Math.random() * 1e9);
  const minutes = number(values.minutes, '--minutes');
  const program = compile('native/test/preload/malloc_stress.c', 'malloc_stress', ['-g']);
  const targets = allocators();
  const rounds = minutes === undefined ? 1 : Math.ceil((minutes * 60) / (targets.length * SECONDS));
  console.log(`malloc-stress: seeds ${first} to ${first + rounds - 1}, ${THREADS} threads`);
  for (let seed = first; seed < first + rounds; seed++) {
    for (const target of targets) stress(program, target, seed);
  }
  underValgrind(program, targets[0], first);
} catch (error) {
  report('malloc-stress', error instanceof BuildFailure ? error : BuildFailure.unexpected(error));
  process.exitCode = 1;
}

function number(text, name) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new BuildFailure(`${name} is "${text}"`, { fix: 'give a number above zero' });
}

/** Which allocators the interposer runs on, the classic five functions first. */
function allocators() {
  const interposer = prebuilt('liballomorph-malloc.so');
  const jemalloc = prebuilt('liballomorph-jemalloc.so', true);
  const library = (name) =>
    compile(path.join(fixtures, `${name}.c`), `lib${name}.so`, ['-shared', '-fPIC']);
  const on = (name, spec, ...behind) => ({
    name,
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

function compile(source, name, flags) {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, name);
  // -fno-builtin: or the compiler reasons away what is to be tested.
  const common = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-fno-builtin', '-pthread'];
  const { status, stderr, error } = spawnSync(
    process.env.CC ?? 'cc',
    [...common, ...flags, '-o', file, source],
    { cwd: ROOT, encoding: 'utf8' },
  );
  if (status === 0) return file;
  throw new BuildFailure(`${source} cannot be compiled\n${stderr ?? String(error)}`, {
    fix: 'see the compiler message above',
  });
}

function stress(program, { name, spec, preload }, seed) {
  const ended = spawnSync(program, [String(seed), String(SECONDS), String(THREADS)], {
    env: { ...process.env, LD_PRELOAD: preload, ALLOMORPH_MALLOC: spec },
    encoding: 'utf8',
    timeout: 300_000,
  });
  if (ended.status !== 0) fail(name, seed, ended);
  console.log(`  ${name.padEnd(18)} ${ended.stdout.trim()}`);
}

/**
 * The interposer is not replaced by valgrind's malloc, but the C library's behind it is: so valgrind watches
 * each block together with its header.
 */
function underValgrind(program, { spec, preload }, seed) {
  if (spawnSync('valgrind', ['--version']).status !== 0) {
    console.log(
      '  valgrind           skipped: it is not installed (Debian, Ubuntu: apt-get install valgrind)',
    );
    return;
  }
  const suppressions = path.join(ROOT, 'native', 'test', 'preload', 'valgrind.supp');
  const ended = spawnSync(
    'valgrind',
    [
      '--quiet',
      '--error-exitcode=99',
      '--soname-synonyms=somalloc=nouserintercepts',
      '--trace-children=no',
      '--fair-sched=yes',
      `--suppressions=${suppressions}`,
      program,
      String(seed),
      '3',
      '2',
    ],
    {
      // Not this process's LD_PRELOAD: valgrind itself shall run on what it has.
      env: { ...process.env, LD_PRELOAD: preload, ALLOMORPH_MALLOC: spec },
      encoding: 'utf8',
      timeout: 600_000,
    },
  );
  if (ended.status !== 0) fail('under valgrind', seed, ended);
  console.log(`  valgrind           ${ended.stdout.trim()}, no errors`);
}

function fail(name, seed, { status, signal, stderr }) {
  throw new BuildFailure(
    `${name}: seed ${seed} ended with ${signal ?? `status ${status}`}\n${stderr}`,
    { fix: `repeat it: node scripts/malloc-stress.mjs --seed ${seed}` },
  );
}
