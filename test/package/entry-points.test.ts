import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as allomorph from 'allomorph';
import { node, root, run } from '../support/child.js';

interface Manifest {
  exports: Record<string, string>;
  bin: Record<string, string>;
  main: string;
  types: string;
  files: string[];
  gypfile: boolean;
  dependencies?: Record<string, string>;
  scripts: Record<string, string>;
}
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;
const publicNames = Object.keys(allomorph).sort();

test('import and require see the same names and the same objects', () => {
  const source = `
    import { createRequire } from 'node:module';
    import * as imported from 'allomorph';
    const required = createRequire('file://${root}/x.js')('allomorph');
    const names = Object.keys(required).sort();
    console.log(JSON.stringify([names, names.every((name) => imported[name] === required[name])]));`;
  const child = node(source, { type: 'module' });
  expect(child.stderr).toBe('');
  expect(JSON.parse(child.stdout)).toEqual([publicNames, true]);
});

test('every file that the manifest names exists, with types beside the code', () => {
  const files = [
    manifest.main,
    manifest.types,
    ...Object.values(manifest.bin),
    ...Object.values(manifest.exports),
  ];
  for (const file of files) {
    expect([file, existsSync(path.join(root, file))]).toEqual([file, true]);
    if (file.startsWith('./dist/') && file.endsWith('.js')) {
      expect(existsSync(path.join(root, file.replace(/\.js$/, '.d.ts')))).toBe(true);
    }
  }
});

// "gypfile" is for npm install in a checkout. A lockfile has no such field: `npm ci` runs node-gyp in every
// package that holds a binding.gyp.
test('users need no install script and no implicit node-gyp', () => {
  expect(manifest.gypfile).toBe(false);
  expect(manifest.files).not.toContain('binding.gyp');
  for (const script of ['preinstall', 'install', 'postinstall']) {
    expect(manifest.scripts).not.toHaveProperty(script);
  }
});

test('the types hold in a strict project, by import and by require', () => {
  const folder = mkdtempSync(path.join(root, 'out', 'types-'));
  try {
    const source = `
      import { system, jemalloc, setGlobalAllocator, globalAllocator, allocators, toBigInt, fromBigInt, AllomorphError } from 'allomorph';
      import type { Address, Allocator, RawAllocator, ErrorCode } from 'allomorph';
      const address: Address = system.allocate(64, 16);
      const raw: RawAllocator = system.unsafe;
      const chosen: Allocator = setGlobalAllocator(jemalloc);
      const code: ErrorCode = new AllomorphError('ERR_ALLOMORPH_UNAVAILABLE', '').code;
      const big: bigint = toBigInt(address);
      // @ts-expect-error -- a number is not an address: that is what the brand is for
      system.deallocate(4096, 64, 16);
      export const all = [raw, chosen, code, fromBigInt(big), globalAllocator().name, allocators()[0]?.wholeProcess];`;
    writeFileSync(path.join(folder, 'use.mts'), source);
    writeFileSync(path.join(folder, 'use.cts'), source);
    const child = run(process.execPath, [
      path.join(root, 'node_modules/typescript/bin/tsc'),
      ...[
        '--ignoreConfig',
        '--noEmit',
        '--strict',
        '--module',
        'nodenext',
        '--target',
        'es2022',
        '--types',
        'node',
      ],
      path.join(folder, 'use.mts'),
      path.join(folder, 'use.cts'),
    ]);
    expect(child.stdout).toBe('');
    expect(child.status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

// What the compiler infers for a new array: TypeScript before 5.7 has no parameter there, and fails without `skipLibCheck`.
test('the types name no typed array with the kind of its memory', () => {
  const dist = path.join(root, 'dist');
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' });
  const types = files.filter((file) => file.endsWith('.d.ts'));
  expect(types).toContain('index.d.ts');
  const newer = /\b(?:\w+Array|DataView|Buffer)<\w*ArrayBuffer\w*>/;
  expect(types.filter((file) => newer.test(readFileSync(path.join(dist, file), 'utf8')))).toEqual(
    [],
  );
});

test('the packed package works where it is installed, without any build', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-pack-'));
  try {
    const pack = run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]);
    expect(pack.status).toBe(0);
    const tarball = path.join(folder, pack.stdout.trim());
    const files = run('tar', ['-tzf', tarball]).stdout;
    expect(files).toContain('package/native/abi/allomorph.h');
    expect(files).toContain('package/templates/c/allocator.c');
    expect(files).not.toMatch(/package\/(test|node_modules|out|build)\//);
    writeFileSync(path.join(folder, 'package.json'), '{"private":true}');
    const install = run('npm', [
      ...[
        'install',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        '--offline',
        '--prefix',
        folder,
      ],
      tarball,
    ]);
    expect([install.status, install.stderr]).toEqual([0, expect.any(String)]);
    writeFileSync(
      path.join(folder, 'use.mjs'),
      `
      import { system } from 'allomorph';
      system.deallocate(system.allocate(64, 16), 64, 16);
      console.log('works', system.live().blocks);`,
    );
    const child = run(process.execPath, [path.join(folder, 'use.mjs')]);
    expect(child.stderr).toBe('');
    expect(child.stdout).toBe('works 0\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('an addon that is missing or broken is explained', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-broken-'));
  try {
    run('cp', ['-r', path.join(root, 'dist'), path.join(root, 'package.json'), folder]);
    const missing = run(process.execPath, ['-e', `require(${JSON.stringify(folder)})`]);
    expect(missing.stderr).toContain('ERR_ALLOMORPH_ADDON');
    expect(missing.stderr).toContain('npm install');
    run('cp', ['-r', path.join(root, 'prebuilds'), folder]);
    run('bash', [
      '-c',
      `for f in "$0"/prebuilds/*/allomorph.node; do rm "$f"; echo text > "$f"; done`,
      folder,
    ]);
    const broken = run(process.execPath, ['-e', `require(${JSON.stringify(folder)})`]);
    expect(broken.stderr).toContain('ERR_ALLOMORPH_ADDON');
    expect(broken.stderr).toContain('cannot be loaded');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
