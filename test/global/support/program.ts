import { jemalloc } from 'allomorph';
import { node } from '../../support/child.js';

/** Prints what a program sees, as JSON; errors as {code, message}. */
export const prelude = `
const attempt = (use) => {
  try { const value = use(); return value?.name ?? value ?? null; }
  catch ({ code, message }) { return { code, message }; }
};
const results = [];
const note = (use) => { results.push(attempt(use)); };
process.on('warning', (warning) => {
  if (warning.name === 'AllomorphWarning') results.push({ warning: warning.message });
});
`;
export const epilogue = `setImmediate(() => console.log(JSON.stringify(results)));`;

export type Syntax = 'module' | 'commonjs';
export const load = {
  commonjs: `const { setGlobalAllocator, globalAllocator, jemalloc, system } = require('allomorph');`,
  module: `import { setGlobalAllocator, globalAllocator, jemalloc, system } from 'allomorph';`,
};
export const entry = {
  commonjs: (name: string) => `require('allomorph/global/${name}');`,
  module: (name: string) => `await import('allomorph/global/${name}');`,
};

export function program(type: Syntax, body: string, env: NodeJS.ProcessEnv = {}): unknown[] {
  const child = node(`${load[type]}${prelude}${body};${epilogue}`, { type, env });
  if (child.status !== 0) throw new Error(`status ${String(child.status)}: ${child.stderr}`);
  return JSON.parse(child.stdout) as unknown[];
}

export const error = (code: string, message = '') => ({
  code: `ERR_ALLOMORPH_${code}`,
  message: expect.stringContaining(message) as string,
});

/** What is chosen instead of the default, where there is a second backend. */
export const other = jemalloc.available ? 'jemalloc' : 'system';
