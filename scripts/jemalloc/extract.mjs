import { readdirSync } from 'node:fs';
import path from 'node:path';
import { BuildFailure } from '../support/failure.mjs';
import { run } from '../support/run.mjs';

// Python and not tar: `tar xj` needs a bzip2 program, which small images do not have, while
// node-gyp needs Python anyway. The data filter refuses names that lead out of the folder.
const PROGRAM = `
import sys, tarfile
with tarfile.open(sys.argv[1], "r:*") as archive:
    options = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
    archive.extractall(sys.argv[2], **options)
`;

/** Unpacks a release tarball into `into` and returns its single top folder. */
export async function extractTarball(tarball, into, { env, log }) {
  await run(env.PYTHON || 'python3', ['-c', PROGRAM, tarball, into], {
    log,
    fix: 'a Python 3 with the bz2 module is needed, for node-gyp too (Debian, Ubuntu: apt-get install python3); PYTHON names another one',
  });
  const [top, ...others] = readdirSync(into);
  if (top === undefined || others.length > 0) {
    throw new BuildFailure(
      `${tarball} should hold one folder, but holds: ${[top, ...others].join(', ')}`,
      { log },
    );
  }
  return path.join(into, top);
}
