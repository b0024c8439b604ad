import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root, run } from './child.js';

/** What test/fixtures/allocators/allocator.c can break. */
export const faults = [
  'missing_symbol',
  'no_constructor',
  'under_aligned',
  'align_above_size',
  'overlaps',
  'loses_content',
  'shifts_content',
  'crashes',
  'hangs',
  'exits',
  'never_exhausted',
  'frees_on_failure',
  'usable_below_size',
  'usable_grows',
  'usable_too_large',
  'insists_on_size',
  'inplace_moves',
  'inplace_lies',
  'inplace_reports_nothing',
  'thread_unsafe',
] as const;
export type Fault = (typeof faults)[number];

/** A folder of libraries that are compiled when they are asked for. */
export interface Libraries {
  readonly folder: string;
  /** Where these tests remember what has passed; the user's own cache is none of their business. */
  readonly cache: string;
  /** The classic example: right up to MIN_ALIGN. */
  classic(): string;
  /** Right wholly, or with a fault. */
  allocator(fault?: Fault, flags?: readonly string[]): string;
  /** Of C code given as text. */
  compile(name: string, source: string, flags?: readonly string[]): string;
}

/** Libraries for one test file, removed at its end. Call it once, at the top of the file. */
export function useLibraries(): Libraries {
  const libraries = makeLibraries();
  beforeAll(() => {
    process.env['ALLOMORPH_CACHE'] = libraries.cache;
  });
  afterAll(() => {
    delete process.env['ALLOMORPH_CACHE'];
    rmSync(libraries.folder, { recursive: true });
  });
  return libraries;
}

function makeLibraries(): Libraries {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-libraries-'));
  const compiled = new Set<string>();
  const build = (name: string, args: readonly string[], input?: string): string => {
    const file = path.join(folder, `lib${name}.so`);
    if (compiled.has(file)) return file;
    const { status, stderr } = run(
      'cc',
      ['-shared', '-fPIC', '-O1', '-o', file, ...args],
      {},
      input,
    );
    if (status !== 0) throw new Error(stderr);
    compiled.add(file);
    return file;
  };
  const fixture = (name: string) => path.join(root, 'test', 'fixtures', 'allocators', name);
  return {
    folder,
    cache: path.join(folder, 'cache'),
    classic: () => build('classic', [fixture('classic.c')]),
    allocator: (fault, flags = []) =>
      build(fault ?? `sound${flags.join('').replace(/\W/g, '')}`, [
        fixture('allocator.c'),
        ...(fault === undefined ? [] : [`-DFAULT=${fault}`, `-DFAULT_IS_${fault.toUpperCase()}`]),
        ...flags,
      ]),
    compile: (name, source, flags = []) => build(name, ['-xc', '-', '-xnone', ...flags], source),
  };
}
