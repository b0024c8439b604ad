import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from './child.js';

/** Makes a folder, with a space in its name, in which `allomorph` resolves as a dependency does. */
export function makeProgramFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph program '));
  mkdirSync(path.join(folder, 'node_modules'));
  writeFileSync(path.join(folder, 'package.json'), '{"private":true}');
  symlinkSync(root, path.join(folder, 'node_modules', 'allomorph'), 'dir');
  return folder;
}
