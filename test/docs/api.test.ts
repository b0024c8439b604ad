import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as allomorph from 'allomorph';
import ts from 'typescript';
import { root } from '../support/child.js';

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const documented = read('docs/api.md');

/** Values and types that a file exports by name. */
function exportsOf(file: string): string[] {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.ESNext);
  return source.statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement)) return [];
    const { exportClause } = statement;
    if (exportClause === undefined || !ts.isNamedExports(exportClause)) {
      throw new Error(`${file} has an export without names, which this test cannot see`);
    }
    return exportClause.elements.map(({ name }) => name.text);
  });
}

/** In backticks, alone or as what is called: `name`, `name[]`, `name(…)`. */
function isDocumented(name: string): boolean {
  return new RegExp(`\`${name}(\\[\\]|\\([^\`]*\\))?\``).test(documented);
}

test('every export, value or type, is in docs/api.md', () => {
  const names = exportsOf('lib/index.ts');
  expect(names).toEqual(expect.arrayContaining(Object.keys(allomorph)));
  expect(names.filter((name) => !isDocumented(name))).toEqual([]);
});

test('every member of the exported classes is in docs/api.md', () => {
  const { Block, BufferPool } = allomorph;
  const members = [Block.prototype, BufferPool.prototype]
    .flatMap((prototype) => Object.getOwnPropertyNames(prototype))
    .filter((name) => name !== 'constructor');
  expect(members.filter((name) => !isDocumented(name))).toEqual([]);
});

test('every subpath is in docs/api.md', () => {
  const { exports } = JSON.parse(read('package.json')) as { exports: Record<string, string> };
  const subpaths = Object.keys(exports).map((key) => path.posix.join('allomorph', key));
  expect(subpaths.filter((subpath) => !documented.includes(`\`${subpath}\``))).toEqual([]);
});

test('every error code that docs/api.md names exists', () => {
  const codes: string[] = read('docs/errors.md').match(/(?<=ERR_ALLOMORPH_)[A-Z_]+/g) ?? [];
  const named = [...documented.matchAll(/`(?!ALLOMORPH_)([A-Z]+(_[A-Z]+)*)`/g)].map(
    ([, code = '']) => code,
  );
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((code) => !codes.includes(code))).toEqual([]);
});
