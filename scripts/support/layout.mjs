import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Every folder the build writes to, apart from the user's cache and node-gyp's `build/`. */
export function layout(out) {
  const base = out === undefined ? path.join(ROOT, 'out') : path.resolve(out);
  return {
    root: ROOT,
    jemalloc: path.join(base, 'jemalloc'),
    logs: path.join(base, 'logs'),
    temporary: path.join(base, 'tmp'),
    nodeGyp: path.join(ROOT, 'build', 'Release'),
    prebuilds: path.join(ROOT, 'prebuilds'),
  };
}
