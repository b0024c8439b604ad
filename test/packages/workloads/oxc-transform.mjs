/** TypeScript compiled by an addon that allocates from a mimalloc linked into it. */
import { digest, load, report } from './report.mjs';
import { typescriptSource } from './typescript-source.mjs';

const { transform, transformSync } = load('oxc-transform');
const source = typescriptSource(400);
const options = { sourcemap: true, typescript: { declaration: { stripInternal: true } } };

const sync = transformSync('items.ts', source, options);
const parallel = await Promise.all(
  Array.from({ length: 8 }, () => transform('items.ts', source, options)),
);
report({
  compiled: digest(sync.code, JSON.stringify(sync.map), sync.declaration ?? ''),
  same: parallel.every(({ code }) => code === sync.code),
});
