import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { loadAllocator } from 'allomorph';
import { useLibraries } from '../support/allocator-libraries.js';
import { node, root } from '../support/child.js';
import { expectNoLeaks } from '../support/leaks.js';
import { error } from './support/loading.js';

expectNoLeaks();
const libraries = useLibraries();

describe('what has passed is remembered', () => {
  const marks = () => {
    const folder = path.join(libraries.cache, 'conforming');
    return existsSync(folder) ? readdirSync(folder).length : 0;
  };
  const source = (file: string, options = {}) => `
    const start = performance.now();
    require('allomorph').loadAllocator(${JSON.stringify(file)}, ${JSON.stringify(options)});
    const children = process.resourceUsage; console.log('loaded');`;

  test('by its content; a failure is not, and a cache that cannot be written is none', () => {
    const env = { ALLOMORPH_CACHE: libraries.cache };
    const file = path.join(libraries.folder, 'copy.so');
    copyFileSync(libraries.allocator(undefined, ['-DPREFIX=remembered_']), file);
    const before = marks();
    expect(node(source(file), { env })).toMatchObject({ stdout: 'loaded\n', stderr: '' });
    expect(marks()).toBe(before + 1);
    // Known content is not tried again: a process of its own could not be started here.
    const flags = ['-r', path.join(root, 'test/fixtures/no-child-process.cjs')];
    expect(node(source(file), { env, flags })).toMatchObject({ stdout: 'loaded\n' });
    expect(node(source(file, { verify: true }), { env, flags }).stderr).toContain(
      'ERR_ALLOMORPH_SYSTEM',
    );
    expect(node(source(file), { env: { ALLOMORPH_CACHE: '/proc/nowhere' } }).stdout).toBe(
      'loaded\n',
    );
    loadRefused(libraries.allocator('loses_content'));
    expect(marks()).toBe(before + 1);
  });

  const loadRefused = (file: string) => {
    expect(error(() => loadAllocator(file)).code).toBe('ERR_ALLOMORPH_NONCONFORMING');
  };

  test('a file that changed since this process loaded it is refused', () => {
    const file = path.join(libraries.folder, 'changing.so');
    copyFileSync(libraries.allocator(undefined, ['-DPREFIX=one_']), file);
    const source = `
      const { loadAllocator } = require('allomorph'); const fs = require('node:fs');
      loadAllocator(${JSON.stringify(file)}, { verify: false });
      fs.rmSync(${JSON.stringify(file)});
      fs.copyFileSync(${JSON.stringify(libraries.allocator(undefined, ['-DPREFIX=one_', '-O2']))}, ${JSON.stringify(file)});
      try { loadAllocator(${JSON.stringify(file)}, { verify: false }); } catch (error) { console.log(error.code, error.message); }`;
    expect(node(source).stdout).toMatch(
      /ERR_ALLOMORPH_LIBRARY .* was changed since this process loaded it/,
    );
  });
});
