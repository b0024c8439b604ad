import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { extractTarball } from './extract.mjs';
import { isSourceFile } from './given-source.mjs';

/** One unpacked source folder per name in `copies`, below `folder`. */
export async function unpack(source, tarball, copies, { folder, env, log }) {
  const origin =
    source.kind === 'folder' ? source.place : await unpackTarball(tarball, { folder, env, log });
  return copies.map((name) => {
    const copy = path.join(folder, name);
    cpSync(origin, copy, {
      recursive: true,
      // Old timestamps in order, or make would try to regenerate configure with autoconf.
      preserveTimestamps: true,
      filter: (file) =>
        file === origin || path.relative(origin, file).split(path.sep).every(isSourceFile),
    });
    return copy;
  });
}

async function unpackTarball(tarball, { folder, env, log }) {
  const into = path.join(folder, 'source');
  mkdirSync(into, { recursive: true });
  return extractTarball(tarball, into, { env, log });
}
