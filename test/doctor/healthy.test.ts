import path from 'node:path';
import type { Diagnosis } from 'allomorph/doctor/diagnose';
import { jemalloc } from 'allomorph';
import { cli, root, run } from '../support/child.js';
import {
  compile,
  library,
  ownMalloc,
  removeFolders,
  temporaryFolder,
  waitingProgram,
} from './support/compile.js';
import { jemallocLibrary, pretendedJemalloc } from './support/jemalloc.js';
import { diagnoseMachine } from './support/machine.js';
import { diagnoseHere, diagnoseRunning } from './support/running.js';

// Where nothing is wrong, nothing is said; and next to each finding lies a case that is none.

afterAll(removeFolders);

const ids = ({ findings }: Diagnosis) => findings.map(({ id }) => id);

test('a plain Node in an empty folder', async () => {
  const { findings, facts } = await diagnoseRunning({ cwd: temporaryFolder() });
  expect(findings).toEqual([]);
  expect(facts.malloc).toMatchObject({ name: 'glibc', source: 'default', options: null });
  expect(facts.malloc.library).toMatch(/libc\.so\.6$/);
  expect(facts.process).toMatchObject({ self: false, isStatic: false, secure: false });
  expect(facts.memory.resident).toBeGreaterThan(10 * 2 ** 20);
});

const withJemalloc = jemalloc.available ? test : test.skip;

withJemalloc('a program that allomorph run started', async () => {
  const { facts, findings } = await diagnoseRunning({
    cwd: temporaryFolder(),
    command: [
      process.execPath,
      cli,
      'run',
      '--',
      process.execPath,
      '-e',
      'process.stdout.write("ready"); setInterval(() => {}, 1000)',
    ],
  });
  expect(findings).toEqual([]);
  expect(facts.process.guarded).toBe(true);
  expect(facts.malloc).toMatchObject({
    name: 'jemalloc',
    source: 'preload',
    confVariable: 'MALLOC_CONF',
    options: { background_thread: true, dirty_decay_ms: 5000 },
  });
});

withJemalloc('doctor itself on a jemalloc: what jemalloc says, not what a variable says', () => {
  const { facts, findings } = diagnoseHere({
    LD_PRELOAD: jemallocLibrary(),
    MALLOC_CONF: 'dirty_decay_ms:123',
  });
  expect(facts.malloc).toMatchObject({
    version: '5.3.0',
    options: { background_thread: false, dirty_decay_ms: 123, thp: 'default' },
  });
  expect(findings.map(({ id }) => id)).toContain('jemalloc-no-background-thread');
});

test('huge pages: not when jemalloc is told, nor when the process has none', () => {
  const machine = {
    libraries: [{ path: '/opt/libjemalloc.so.2', from: jemallocLibrary() }],
    files: { '/sys/kernel/mm/transparent_hugepage/enabled': '[always] madvise never\n' },
  };
  const told = {
    LD_PRELOAD: '/opt/libjemalloc.so.2',
    MALLOC_CONF: 'background_thread:true,thp:never',
  };
  expect(ids(diagnoseMachine({ ...machine, environment: told }))).not.toContain(
    'jemalloc-huge-pages',
  );
  const off = diagnoseMachine({
    ...machine,
    environment: { LD_PRELOAD: '/opt/libjemalloc.so.2' },
    status: { THP_enabled: '0' },
  });
  expect(ids(off)).not.toContain('jemalloc-huge-pages');
});

test('a prefixed jemalloc reads its own variable, and no other', () => {
  const at = (environment: Record<string, string>) =>
    diagnoseMachine({
      libraries: [{ path: '/app/rust.node', from: pretendedJemalloc('_RJEM_MALLOC_CONF', '') }],
      environment,
    });
  expect(ids(at({ _RJEM_MALLOC_CONF: 'background_thread:true' }))).toEqual(['embedded-allocator']);
  const [finding] = at({ MALLOC_CONF: 'background_thread:true' }).findings;
  expect(finding).toMatchObject({
    id: 'variable-unread',
    fix: 'What is here reads _RJEM_MALLOC_CONF.',
  });
});

test('an addon loaded without RTLD_DEEPBIND calls the malloc of the process', async () => {
  const folder = temporaryFolder();
  const addon = library(path.join(folder, 'some.node'));
  const program = compile(path.join(folder, 'program'), waitingProgram, ['-DFLAGS=RTLD_NOW']);
  const { facts, findings } = await diagnoseRunning({
    command: [program, addon],
    env: { LD_PRELOAD: library(path.join(folder, 'libmalloc.so'), ownMalloc) },
  });
  expect(facts.malloc).toMatchObject({ name: 'unknown', source: 'preload' });
  expect(findings.map(({ id }) => id)).toEqual(['preload-reaches-children']);
});

test('a library known for RTLD_DEEPBIND is a warning once a malloc is preloaded', () => {
  const folder = temporaryFolder();
  const { findings } = diagnoseMachine({
    libraries: [
      { path: '/opt/libmalloc.so', from: library(path.join(folder, 'libmalloc.so'), ownMalloc) },
      { path: '/app/libtbbbind_2_5.so.3', from: library(path.join(folder, 'libtbb.so')) },
    ],
    environment: { LD_PRELOAD: '/opt/libmalloc.so' },
  });
  expect(findings.find(({ id }) => id === 'deepbind-library')).toMatchObject({
    severity: 'warning',
    fix: 'Set TBB_ENABLE_SANITIZERS=1: oneTBB then leaves the flag out.',
  });
});

test('a bare name in LD_PRELOAD is found where the dynamic linker found it', () => {
  const from = library(path.join(temporaryFolder(), 'libx.so'));
  const { facts } = diagnoseMachine({
    libraries: [{ path: '/opt/lib/libx.so', from, mapped: true }],
    environment: { LD_PRELOAD: 'libx.so $LIB/liby.so' },
  });
  expect(facts.preload.map(({ entry, problem }) => [entry, problem])).toEqual([
    ['libx.so', null],
    ['$LIB/liby.so', 'missing'],
  ]);
});

test('the package of this repository is healthy, but for what its own tests need', () => {
  const here = run(process.execPath, [cli, 'doctor']);
  expect(here).toMatchObject({ status: 0, stderr: '' });
  expect(here.stdout).toContain(`below ${root}`);
});
