import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { sha256, sha256OfFile } from '../support/checksum.mjs';
import { BuildFailure } from '../support/failure.mjs';
import { RELEASE } from './releases.mjs';

/** What ALLOMORPH_JEMALLOC_SOURCE names, checked: a release tarball or an unpacked source folder. */
export function givenSource(value) {
  const place = path.resolve(value);
  if (!existsSync(place)) {
    throw new BuildFailure(
      `ALLOMORPH_JEMALLOC_SOURCE=${value} does not exist (looked for ${place})`,
      {
        fix: `give the path of jemalloc-${RELEASE.version}.tar.bz2 or of a folder it was unpacked into, or unset the variable`,
      },
    );
  }
  return statSync(place).isDirectory() ? folder(value, place) : tarball(value, place);
}

/** Files of a source folder that earlier builds in it may have left: they are neither hashed nor copied. */
export function isSourceFile(file) {
  return (
    !/(^|\/)(\.git|autom4te\.cache)$/.test(file) && !/\.(o|d|a|so|so\.\d+|dylib|sym)$/.test(file)
  );
}

function tarball(value, place) {
  const actual = sha256OfFile(place);
  if (actual !== RELEASE.sha256) {
    throw new BuildFailure(
      `ALLOMORPH_JEMALLOC_SOURCE=${value} is not jemalloc ${RELEASE.version}: its SHA-256 is wrong\n` +
        `  expected ${RELEASE.sha256}\n  actual   ${actual}`,
      {
        fix: `download it again from ${RELEASE.url}; to build a changed jemalloc, unpack it and give the folder`,
      },
    );
  }
  return { kind: 'tarball', place, version: RELEASE.version, digest: actual };
}

function folder(value, place) {
  for (const needed of ['configure', 'VERSION', 'include/jemalloc']) {
    if (existsSync(path.join(place, needed))) continue;
    throw new BuildFailure(
      `ALLOMORPH_JEMALLOC_SOURCE=${value} is not a jemalloc source folder: it has no ${needed}`,
      {
        fix: 'give the folder made by unpacking a release tarball; in a git checkout, run ./autogen.sh there first',
      },
    );
  }
  const version = readFileSync(path.join(place, 'VERSION'), 'utf8')
    .trim()
    .split('-')[0]
    .replace(/[^\w.]/g, '_');
  return { kind: 'folder', place, version, digest: digestOf(place) };
}

function digestOf(place) {
  const entries = readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(place, path.join(entry.parentPath ?? entry.path, entry.name)))
    .filter((name) => name.split(path.sep).every(isSourceFile))
    .sort();
  return sha256(
    entries.map((name) => `${name}\0${sha256OfFile(path.join(place, name))}\n`).join(''),
  );
}
