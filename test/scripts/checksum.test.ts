import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, evaluate, removeSandboxes, sandbox } from './support/build';
import { offline } from './support/offline';

afterAll(removeSandboxes);

let expected: string;
beforeAll(async () => {
  const program = `import { RELEASE } from './jemalloc/releases.mjs'; console.log(JSON.stringify(RELEASE.sha256))`;
  expected = (await evaluate(program)) as string;
});

const WRONG = [
  ['tampered', Buffer.from(`BZh9${'x'.repeat(4096)}`)],
  ['truncated to nothing', Buffer.alloc(0)],
] as const;

describe.each(WRONG)('a tarball that is %s', (_title, bytes) => {
  const actual = createHash('sha256').update(bytes).digest('hex');

  test('given in ALLOMORPH_JEMALLOC_SOURCE is refused with both checksums', async () => {
    const box = sandbox();
    const file = path.join(box.folder, 'jemalloc-5.3.0.tar.bz2');
    writeFileSync(file, bytes);
    const { code, stderr } = await build(box, { ALLOMORPH_JEMALLOC_SOURCE: file });
    expect(stderr).toContain(`ALLOMORPH_JEMALLOC_SOURCE=${file}`);
    expect(stderr).toContain(`expected ${expected}`);
    expect(stderr).toContain(`actual   ${actual}`);
    expect(code).toBe(1);
    expect(existsSync(box.cache)).toBe(false);
  });

  test('found in the cache is refused, deleted and not built', async () => {
    const box = sandbox();
    const file = path.join(box.cache, 'tarballs', 'jemalloc-5.3.0.tar.bz2');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    const { stdout } = await build(box, offline(box.folder));
    expect(stdout).toContain(`refused and deleted: expected sha256 ${expected}, actual ${actual}`);
    expect(stdout).not.toContain('configure static');
    expect(existsSync(file)).toBe(false);
  });
});

describe('ALLOMORPH_JEMALLOC_SOURCE', () => {
  test('of a path that does not exist is an error with the value and the fix', async () => {
    const { code, stderr } = await build(sandbox(), {
      ALLOMORPH_JEMALLOC_SOURCE: '/no/such/tarball',
    });
    expect(stderr).toContain('ALLOMORPH_JEMALLOC_SOURCE=/no/such/tarball does not exist');
    expect(stderr).toContain('what to do: give the path of');
    expect(code).toBe(1);
  });

  test('of a folder that is no jemalloc source names what is missing', async () => {
    const box = sandbox();
    const { code, stderr } = await build(box, { ALLOMORPH_JEMALLOC_SOURCE: box.folder });
    expect(stderr).toContain('is not a jemalloc source folder: it has no configure');
    expect(code).toBe(1);
  });
});
