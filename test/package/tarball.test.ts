import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root, run } from '../support/child.js';

interface Packed {
  size: number;
  files: { path: string }[];
}
const packed = run('npm', ['pack', '--dry-run', '--ignore-scripts', '--json']);
const [{ size, files }] = JSON.parse(packed.stdout) as [Packed];
const names = files.map((file) => file.path);

test('documents and examples are in it, and nothing that was installed or built for them', () => {
  expect(names).toEqual(
    expect.arrayContaining(['README.md', 'docs/compare.md', 'examples/zlib-burst.mjs']),
  );
  expect(names.filter((name) => /(?:^|\/)(?:node_modules|build)\//.test(name))).toEqual([]);
  expect(names.filter((name) => /^examples\/.*\.(?:so|o|node)$/.test(name))).toEqual([]);
});

test('it is small', () => {
  expect(size).toBeLessThan(4 * 2 ** 20);
});

const documents = names.filter((name) => name.endsWith('.md'));

test.each(documents)('every link of %s leads to something in it', (document) => {
  const text = readFileSync(path.join(root, document), 'utf8').replace(/```[^]*?```/g, '');
  const links = [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
  const dead = links
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const target = path.posix.join(path.posix.dirname(document), link).replace(/\/$/, '');
      return !names.some((name) => name === target || name.startsWith(`${target}/`));
    });
  expect(dead).toEqual([]);
});
