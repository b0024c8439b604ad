import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/child.js';

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

const notOurs = ['node_modules', 'build', 'out', 'dist', 'prebuilds', 'coverage'];

/** Paths from the root; not by git, as a copy without its folder is tested, too. */
function documentsIn(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name);
    if (!entry.isDirectory()) return file.endsWith('.md') ? [file] : [];
    return entry.name.startsWith('.') || notOurs.includes(entry.name) ? [] : documentsIn(file);
  });
}

const documents = documentsIn('.');

/** Without code, in which nothing is a link or a heading. */
function prose(file: string): string {
  return read(file)
    .replace(/^( *)(`{3,}).*\n[^]*?^ *\2 *$/gm, '')
    .replace(/<!--[^]*?-->/g, '');
}

/** As GitHub makes them: lower case, without punctuation, a hyphen for each space, numbered when there already. */
function anchorsOf(file: string): string[] {
  const seen = new Map<string, number>();
  return [...prose(file).matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, heading = '']) => {
    const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = text.replace(/[^\p{L}\p{N}\p{M} _-]/gu, '').replace(/ /g, '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${String(before)}`;
  });
}

function linksOf(file: string): string[] {
  const text = prose(file).replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, '_'));
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** What is wrong with a link; undefined: nothing. */
function fault(file: string, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined; // another site's
  const [name = '', anchor] = link.split('#');
  const target = name === '' ? file : path.posix.join(path.posix.dirname(file), decodeURI(name));
  if (!existsSync(path.join(root, target))) return `${file}: ${link} does not exist`;
  if (anchor === undefined) return undefined;
  if (statSync(path.join(root, target)).isDirectory()) return `${file}: ${link} is a folder`;
  return anchorsOf(target).includes(anchor) ? undefined : `${file}: ${link} has no such heading`;
}

test('every relative link in the documents leads to a file, and to a heading of it', () => {
  const links = documents.flatMap((file) => linksOf(file).map((link) => ({ file, link })));
  expect(links.length).toBeGreaterThan(50);
  expect(links.flatMap(({ file, link }) => fault(file, link) ?? [])).toEqual([]);
});

test('every document of docs/ can be reached from README.md', () => {
  const reached = new Set<string>();
  const open = ['README.md'];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    for (const link of linksOf(file)) {
      const [name = ''] = link.split('#');
      const target = path.posix.join(path.posix.dirname(file), name);
      if (name !== '' && documents.includes(target)) open.push(target);
    }
  }
  const all = documents.filter((file) => file.startsWith('docs/'));
  expect(all.filter((file) => !reached.has(file))).toEqual([]);
});

test('scripts of an installed package that the documents name are there', () => {
  const named = documents.flatMap((file) =>
    [...read(file).matchAll(/node_modules\/allomorph\/(dist\/[\w/.-]+\.js)/g)].map(
      ([, name = '']) => name,
    ),
  );
  expect(named.length).toBeGreaterThan(1);
  expect(named.filter((name) => !existsSync(path.join(root, name)))).toEqual([]);
});
