import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root, run } from './child.js';

/** A folder with what is compiled for a test file. */
export class CompiledFixtures {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-compiled-'));

  /** A shared library of a C file below the project's folder. */
  library(source: string, flags: readonly string[] = []): string {
    return this.#compile(source, `lib${path.basename(source, '.c')}.so`, [
      '-shared',
      '-fPIC',
      ...flags,
    ]);
  }

  program(source: string, flags: readonly string[] = []): string {
    return this.#compile(source, path.basename(source, '.c'), flags);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  #compile(source: string, name: string, flags: readonly string[]): string {
    const file = path.join(this.folder, name);
    const from = path.resolve(root, source);
    const built = run('cc', ['-O2', '-Wall', '-Wextra', '-pthread', ...flags, '-o', file, from]);
    if (built.status !== 0) throw new Error(`${source} cannot be compiled: ${built.stderr}`);
    return file;
  }
}
