import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { builtJemalloc } from '../jemalloc/built.mjs';
import { compilerVersion } from '../support/compiler.mjs';
import { BuildFailure } from '../support/failure.mjs';
import { copyAtomically, writeAtomically } from '../support/files.mjs';
import { libc, prebuildName } from '../support/platform.mjs';

/** Step 3: what the package loads, in prebuilds/<platform>-<arch>[-<libc>]. */
export async function stageStep({ env, layout, progress }) {
  const folder = path.join(layout.prebuilds, prebuildName());
  const addon = path.join(layout.nodeGyp, 'allomorph.node');
  if (!existsSync(addon)) {
    throw new BuildFailure(`${addon} does not exist`, {
      fix: 'run first: node scripts/build.mjs addon',
    });
  }
  const preload = builtJemalloc(env, layout, 'preload');
  stage(addon, path.join(folder, 'allomorph.node'));
  for (const file of ['liballomorph-guard.so', 'liballomorph-malloc.so', 'allomorph-supervisor']) {
    stage(path.join(layout.nodeGyp, file), path.join(folder, file));
  }
  stage(
    preload && path.join(layout.jemalloc, 'preload', 'lib', 'libjemalloc.so.2'),
    path.join(folder, 'liballomorph-jemalloc.so'),
  );
  // No time of build in it: two builds of the same sources give the same folder.
  writeAtomically(
    path.join(folder, 'build.json'),
    `${JSON.stringify(await description(env, layout), null, 2)}\n`,
  );
  progress.say(`stage: ${path.relative(layout.root, folder)}`);
}

/** Copies, or removes what an earlier build with other settings has staged. */
function stage(from, to) {
  if (from !== undefined && existsSync(from)) copyAtomically(from, to);
  else rmSync(to, { force: true });
}

async function description(env, layout) {
  return {
    jemalloc: describeJemalloc(env, layout),
    compiler: await compilerVersion(env).catch(() => null),
    platform: process.platform,
    arch: process.arch,
    libc: libc() ?? null,
  };
}

function describeJemalloc(env, layout) {
  const linked = builtJemalloc(env, layout);
  if (linked === undefined) return null;
  const preload = builtJemalloc(env, layout, 'preload');
  return {
    version: linked.jemalloc.version,
    flags: { static: linked.jemalloc.flags, preload: preload?.jemalloc.flags ?? null },
  };
}
