import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { BuildFailure } from '../support/failure.mjs';
import { ROOT } from '../support/layout.mjs';

/** Everything that is compiled for the stress. */
export const folder = path.join(ROOT, 'out', 'malloc-stress');

/** @param {string | string[]} source one file or several */
export function compile(source, name, flags, compiler = process.env.CC ?? 'cc') {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  // -fno-builtin: or the compiler reasons away what is to be tested.
  const common = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-fno-builtin', '-pthread'];
  const { status, stderr, error } = spawnSync(
    compiler,
    [...common, ...flags, '-o', file, ...[source].flat()],
    { cwd: ROOT, encoding: 'utf8' },
  );
  if (status === 0) return file;
  throw new BuildFailure(`${name} cannot be compiled\n${stderr ?? String(error)}`, {
    fix: 'see the compiler message above',
  });
}
