import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { root } from '../support/child.js';

const documents = [
  'README.md',
  ...readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`),
];

/** Blocks marked `js`, with the line on which each begins. */
const samples = documents.flatMap((file) => {
  const text = readFileSync(path.join(root, file), 'utf8');
  return [...text.matchAll(/^```js\n([^]*?)^```$/gm)].map(({ 1: code = '', index }) => ({
    code,
    place: `${file}:${String(text.slice(0, index).split('\n').length + 1)}`,
  }));
});

/** Imports stand outside of functions only. */
function parse(code: string): void {
  const body = code.replace(/^import (.+) from ('.+');$/gm, 'const $1 = require($2);');
  new vm.Script(`async () => {\n${body}\n}`);
}

test('the JavaScript of the documents can be parsed by this Node, which in CI is the oldest supported one', () => {
  expect(samples.length).toBeGreaterThan(10);
  const wrong = samples.flatMap(({ code, place }) => {
    try {
      parse(code);
      return [];
    } catch (error) {
      return [`${place}: ${String(error)}`];
    }
  });
  expect(wrong).toEqual([]);
});
