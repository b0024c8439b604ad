import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  build,
  outcomeOf,
  removeSandboxes,
  sandbox,
  startBuild,
  type Sandbox,
} from './support/build';
import { stubSource } from './support/stub-source';
import { waitFor } from './support/wait-for';

const FLAVOURS = process.platform === 'linux' ? ['preload', 'static'] : ['static'];

afterEach(removeSandboxes);

function builds(box: Sandbox): string[] {
  const folder = path.join(box.cache, 'builds');
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

interface Manifest {
  readonly key: string;
  readonly artefacts: Record<string, string>;
}

function expectWhole(folder: string): void {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Manifest;
  expect(Object.keys(manifest.artefacts).length).toBeGreaterThan(0);
  for (const [artefact, sum] of Object.entries(manifest.artefacts)) {
    const bytes = readFileSync(path.join(folder, artefact));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sum);
  }
}

function expectWholeBuild(box: Sandbox, out = box.out): void {
  for (const flavour of FLAVOURS) expectWhole(path.join(out, 'jemalloc', flavour));
  expect(builds(box)).toHaveLength(FLAVOURS.length);
  for (const key of builds(box)) expectWhole(path.join(box.cache, 'builds', key));
  expect(readdirSync(path.join(box.cache, 'tmp'))).toEqual([]);
  expect(readdirSync(path.join(out, 'tmp'))).toEqual([]);
}

test('a build is cached, a second one is a no-op, another checkout takes it from the cache', async () => {
  const box = sandbox();
  const env = { ALLOMORPH_JEMALLOC_SOURCE: stubSource(box.folder) };
  expect(await build(box, env)).toMatchObject({ code: 0 });
  expectWholeBuild(box);
  expect((await build(box, env)).stdout).toContain('up to date');

  const other = path.join(box.folder, 'other');
  const { stdout } = await build(box, env, other);
  expect(stdout).toContain('taken from the cache');
  expect(stdout).not.toContain('compile');
  for (const flavour of FLAVOURS) expectWhole(path.join(other, 'jemalloc', flavour));
});

test('a changed source is another build', async () => {
  const box = sandbox();
  const source = stubSource(box.folder);
  await build(box, { ALLOMORPH_JEMALLOC_SOURCE: source });
  writeFileSync(path.join(source, 'include', 'jemalloc', 'jemalloc.h.in'), '/* changed */\n');
  expect((await build(box, { ALLOMORPH_JEMALLOC_SOURCE: source })).stdout).toContain('compile');
  expect(builds(box)).toHaveLength(2 * FLAVOURS.length);
});

test('a damaged cached build is removed and built again', async () => {
  const box = sandbox();
  const env = { ALLOMORPH_JEMALLOC_SOURCE: stubSource(box.folder) };
  await build(box, env);
  const key = builds(box).find((name) => name.includes('-static-'))!;
  writeFileSync(path.join(box.cache, 'builds', key, 'lib', 'libjemalloc_pic.a'), 'damaged');

  const other = path.join(box.folder, 'other');
  const { code, stdout } = await build(box, env, other);
  expect(stdout).toContain(`cached build ${key} is damaged and was removed`);
  expect(code).toBe(0);
  expectWholeBuild(box, other);
});

test('a damaged output is made again', async () => {
  const box = sandbox();
  const env = { ALLOMORPH_JEMALLOC_SOURCE: stubSource(box.folder) };
  await build(box, env);
  writeFileSync(path.join(box.out, 'jemalloc', 'static', 'lib', 'libjemalloc_pic.a'), 'damaged');
  expect(await build(box, env)).toMatchObject({ code: 0 });
  expectWholeBuild(box);
});

test('a build killed while it compiles leaves nothing in the cache, and the next one succeeds', async () => {
  const box = sandbox();
  const slow = startBuild(box, { ALLOMORPH_JEMALLOC_SOURCE: stubSource(box.folder, 2) });
  const ended = outcomeOf(slow);
  await waitFor('make to start', () => existsSync(path.join(box.folder, 'started')));
  slow.kill('SIGKILL');
  // make is not killed with its parent: what it finishes must not become a build either.
  await waitFor('the orphaned make to end', () => existsSync(path.join(box.folder, 'ended')));
  await ended;
  expect(builds(box)).toEqual([]);
  expect(existsSync(path.join(box.out, 'jemalloc'))).toBe(false);

  expect(await build(box, { ALLOMORPH_JEMALLOC_SOURCE: stubSource(box.folder) })).toMatchObject({
    code: 0,
  });
  expect(builds(box)).toHaveLength(FLAVOURS.length);
});

test('a build ended by SIGTERM stops make and removes its temporary folder', async () => {
  const box = sandbox();
  const slow = startBuild(box, { ALLOMORPH_JEMALLOC_SOURCE: stubSource(box.folder, 30) });
  const ended = outcomeOf(slow);
  await waitFor('make to start', () => existsSync(path.join(box.folder, 'started')));
  slow.kill('SIGTERM');
  expect((await ended).code).toBe(128 + 15);
  expect(existsSync(path.join(box.folder, 'ended'))).toBe(false);
  expect(readdirSync(path.join(box.out, 'tmp'))).toEqual([]);
  expect(builds(box)).toEqual([]);
});

test('two builds at once with one empty cache both succeed and leave it whole', async () => {
  const box = sandbox();
  const env = { ALLOMORPH_JEMALLOC_SOURCE: stubSource(box.folder, 1) };
  const outs = [path.join(box.folder, 'first'), path.join(box.folder, 'second')];
  const outcomes = await Promise.all(outs.map((out) => build(box, env, out)));
  for (const { code, stdout } of outcomes) {
    expect(stdout).toContain('compile static');
    expect(code).toBe(0);
  }
  for (const out of outs) expectWholeBuild(box, out);
});

test('a cache that cannot be written is said in one line and does not stop the build', async () => {
  const box = sandbox();
  const occupied = path.join(box.folder, 'file');
  writeFileSync(occupied, '');
  const env = {
    ALLOMORPH_JEMALLOC_SOURCE: stubSource(box.folder),
    ALLOMORPH_CACHE: path.join(occupied, 'cache'),
  };
  const { code, stdout } = await build(box, env);
  expect(stdout.split('\n').filter((line) => line.includes('no cache: '))).toHaveLength(1);
  expect(code).toBe(0);
  for (const flavour of FLAVOURS) expectWhole(path.join(box.out, 'jemalloc', flavour));
});

test('a failing compile shows the step, the end of its log, where the log is and what to do', async () => {
  const box = sandbox();
  const source = stubSource(box.folder);
  writeFileSync(
    path.join(source, 'configure'),
    '#!/bin/sh\necho "checking for luck... no"\nexit 3\n',
  );
  const { code, stderr } = await build(box, { ALLOMORPH_JEMALLOC_SOURCE: source });
  expect(stderr).toContain('step "jemalloc" failed: sh ./configure');
  expect(stderr).toContain('exited with 3');
  expect(stderr).toContain('  | checking for luck... no');
  expect(stderr).toMatch(/full log: .*logs.jemalloc-(static|preload)\.log/);
  expect(stderr).toContain('what to do: ');
  expect(code).toBe(1);
});
