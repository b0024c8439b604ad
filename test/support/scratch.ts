import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { cleanEnvironment, root, type Ended } from './child.js';

/** A folder outside of the repository in which `allomorph` and its development tools are installed. */
export class Scratch implements Disposable {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-scratch-'));

  constructor() {
    const modules = path.join(this.folder, 'node_modules');
    mkdirSync(path.join(modules, '.bin'), { recursive: true });
    symlinkSync(root, path.join(modules, 'allomorph'));
    symlinkSync(path.join(root, 'dist', 'cli', 'main.js'), path.join(modules, '.bin', 'allomorph'));
    for (const tool of ['typescript', '@types']) {
      symlinkSync(path.join(root, 'node_modules', tool), path.join(modules, tool));
    }
    for (const program of ['tsc', 'node-gyp']) {
      symlinkSync(
        path.join(root, 'node_modules', '.bin', program),
        path.join(modules, '.bin', program),
      );
    }
  }

  /** A copy of a folder of the repository. */
  copy(source: string): string {
    const target = path.join(this.folder, path.basename(source));
    cpSync(path.join(root, source), target, {
      recursive: true,
      filter: (file) => path.basename(file) !== 'build',
    });
    return target;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs a line of a shell, as somebody would who follows a README. */
export function shell(line: string, folder: string, environment: NodeJS.ProcessEnv = {}): Ended {
  const bin = path.join(folder, '..', 'node_modules', '.bin');
  const { status, signal, stdout, stderr } = spawnSync('sh', ['-c', line], {
    cwd: folder,
    env: { ...cleanEnvironment(), PATH: `${bin}:${process.env['PATH'] ?? ''}`, ...environment },
    encoding: 'utf8',
    timeout: 300_000,
  });
  return { status, signal, stdout, stderr };
}
