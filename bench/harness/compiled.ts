import path from 'node:path';
import { root } from './layout.js';

/**
 * A module of lib/ that is no entry point, as the package compiled it: it finds the native parts, which
 * the copy that the harness is compiled with would not.
 * @param file relative to lib/, without extension
 */
export async function compiled<Module>(file: string): Promise<Module> {
  return (await import(path.join(root, 'dist', `${file}.js`))) as Module;
}
