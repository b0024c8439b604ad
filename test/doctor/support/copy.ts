import { cpSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../support/child.js';

/** Copies the package without its binaries, and returns the command of the copy. */
export function copyPackage(folder: string): string {
  for (const part of ['dist', 'package.json']) {
    cpSync(path.join(root, part), path.join(folder, part), { recursive: true });
  }
  return path.join(folder, 'dist', 'cli', 'main.js');
}
