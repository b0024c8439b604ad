import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { build, removeSandboxes, sandbox } from './support/build';
import { offline } from './support/offline';

afterAll(removeSandboxes);

describe('ALLOMORPH_JEMALLOC', () => {
  test('any other value is an error that lists the valid ones', async () => {
    const { code, stderr } = await build(sandbox(), { ALLOMORPH_JEMALLOC: 'yes' });
    expect(stderr).toContain('ALLOMORPH_JEMALLOC=yes is not a valid value');
    expect(stderr).toContain('valid values are: on, off');
    expect(code).toBe(1);
  });

  test('off leaves jemalloc out and removes what an earlier build has made', async () => {
    const box = sandbox();
    mkdirSync(path.join(box.out, 'jemalloc', 'static'), { recursive: true });
    const { code, stdout } = await build(box, { ALLOMORPH_JEMALLOC: 'off' });
    expect(stdout).toContain('jemalloc: off (ALLOMORPH_JEMALLOC=off)');
    expect(code).toBe(0);
    expect(existsSync(path.join(box.out, 'jemalloc'))).toBe(false);
  });
});

describe('when no source answers', () => {
  test.each([
    ['unset', {}],
    ['CI=false', { CI: 'false' }],
    ['CI=0', { CI: '0' }],
  ])('the build goes on without jemalloc and says so in two lines (%s)', async (_title, env) => {
    const box = sandbox();
    const { code, stdout } = await build(box, { ...offline(box.folder), ...env });
    const lines = stdout.trimEnd().split('\n').slice(-2);
    expect(lines[0]).toContain('LEFT OUT, no source has answered');
    expect(lines[1]).toContain('set ALLOMORPH_JEMALLOC_SOURCE');
    expect(code).toBe(0);
  });

  test.each([
    ['CI', { CI: 'true' }],
    ['ALLOMORPH_JEMALLOC=on', { ALLOMORPH_JEMALLOC: 'on' }],
  ])('with %s it is a failure', async (_title, env) => {
    const box = sandbox();
    const { code, stderr } = await build(box, { ...offline(box.folder), ...env });
    expect(stderr).toMatch(/no source of jemalloc \S+ has answered/);
    expect(stderr).toContain('upstream release page');
    expect(code).toBe(1);
  });
});
