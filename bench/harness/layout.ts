import path from 'node:path';

/** The folder of package.json: the compiled harness is in out/bench/harness. */
export const root = path.resolve(__dirname, '..', '..', '..');

/** The compiled child of a suite whose cases are written in TypeScript. */
export function caseFile(suite: string): string {
  return path.join(root, 'out', 'bench', 'cases', `${suite}.js`);
}

/** What `npx allomorph` starts. */
export const commandLine = path.join(root, 'dist', 'cli', 'main.js');
