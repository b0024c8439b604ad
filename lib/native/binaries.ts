import { existsSync } from 'node:fs';
import path from 'node:path';

/** The folder of package.json: two above this file, in lib/ as in dist/. */
export const packageRoot = path.resolve(__dirname, '..', '..');

/**
 * The folder of the compiled libraries for this platform, or undefined when there is none.
 * On Linux one folder exists for each C library; a machine that could run both is told apart
 * by the dynamic loader that Node itself was linked for.
 */
export function binariesFolder(): string | undefined {
  const base = path.join(packageRoot, 'prebuilds', `${process.platform}-${process.arch}`);
  const candidates = process.platform === 'linux' ? [`${base}-glibc`, `${base}-musl`] : [base];
  const present = candidates.filter((folder) => existsSync(folder));
  if (present.length < 2) return present[0];
  return existsSync('/etc/alpine-release') ? present[1] : present[0];
}

/** Absolute path of a compiled library of this package, or undefined when it was not built. */
export function binary(fileName: string): string | undefined {
  const folder = binariesFolder();
  if (folder === undefined) return undefined;
  const file = path.join(folder, fileName);
  return existsSync(file) ? file : undefined;
}
