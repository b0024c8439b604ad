#!/usr/bin/env node
// Runs native/test/preload/malloc_stress.c on the interposer, over several allocators and seeds, on glibc and on musl:
//
//   node scripts/malloc-stress.mjs [--minutes M] [--seed N]
//
// Without --minutes about 25 seconds, and a short run under valgrind. The first seed is random and printed; a
// failure names the seed that repeats it (threads take turns as they will, so perhaps not at once).
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { targetsOnMusl } from './malloc-stress/musl.mjs';
import { targets } from './malloc-stress/targets.mjs';
import { BuildFailure, report } from './support/failure.mjs';
import { ROOT } from './support/layout.mjs';

const THREADS = 4;
const SECONDS = 2;

try {
  const { values } = parseArgs({
    options: { minutes: { type: 'string' }, seed: { type: 'string' } },
  });
  const first = number(values.seed, '--seed') ?? Math.floor(Math.random() * 1e9);
  const minutes = number(values.minutes, '--minutes');
  const all = [...targets(), ...targetsOnMusl()];
  const rounds = minutes === undefined ? 1 : Math.ceil((minutes * 60) / (all.length * SECONDS));
  console.log(`malloc-stress: seeds ${first} to ${first + rounds - 1}, ${THREADS} threads`);
  for (let seed = first; seed < first + rounds; seed++) {
    for (const target of all) stress(target, seed);
  }
  underValgrind(all[0], first);
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

function stress({ name, program, spec, preload }, seed) {
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
function underValgrind({ program, spec, preload }, seed) {
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
