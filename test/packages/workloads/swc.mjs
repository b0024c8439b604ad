/** TypeScript compiled and minified by Rust code, on the main thread and on the thread pool. */
import { digest, load, report } from './report.mjs';
import { typescriptSource } from './typescript-source.mjs';

const { minify, transform, transformSync } = load('@swc/core');
const source = typescriptSource(150);
const options = {
  filename: 'items.ts',
  configFile: false,
  swcrc: false,
  sourceMaps: true,
  jsc: { parser: { syntax: 'typescript' }, target: 'es2018' },
};

const sync = transformSync(source, options);
const parallel = await Promise.all(Array.from({ length: 8 }, () => transform(source, options)));
const small = await minify(sync.code, { compress: true, mangle: true, module: true });
report({
  compiled: digest(sync.code, sync.map),
  same: parallel.every(({ code, map }) => code === sync.code && map === sync.map),
  minified: digest(small.code),
});
