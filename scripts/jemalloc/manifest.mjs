import { readFileSync } from 'node:fs';
import path from 'node:path';
import { sha256OfFile } from '../support/checksum.mjs';
import { copyAtomically, writeAtomically } from '../support/files.mjs';

const MANIFEST = 'manifest.json';

/** `{ key, jemalloc: { version, flags }, compiler, artefacts: { path: sha256 } }` or undefined. */
export function readManifest(folder) {
  try {
    return JSON.parse(readFileSync(path.join(folder, MANIFEST), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Writes the manifest last: a folder without one is not a finished folder. */
export function writeManifest(folder, description, artefacts) {
  const sums = Object.fromEntries(
    artefacts.map((each) => [each, sha256OfFile(path.join(folder, each))]),
  );
  writeAtomically(
    path.join(folder, MANIFEST),
    `${JSON.stringify({ ...description, artefacts: sums }, null, 2)}\n`,
  );
}

/** Why the folder cannot be used for `key`, or undefined when every artefact is what it says. */
export function flawOf(folder, key) {
  const manifest = readManifest(folder);
  if (manifest === undefined) return 'no readable manifest';
  if (manifest.key !== key) return `built for ${manifest.key}`;
  for (const [artefact, expected] of Object.entries(manifest.artefacts)) {
    const actual = sumOrReason(path.join(folder, artefact));
    if (actual !== expected) return `${artefact}: expected sha256 ${expected}, got ${actual}`;
  }
  return undefined;
}

/** Copies the artefacts and then the manifest. */
export function copyArtefacts(from, to) {
  for (const artefact of Object.keys(readManifest(from).artefacts)) {
    copyAtomically(path.join(from, artefact), path.join(to, artefact));
  }
  copyAtomically(path.join(from, MANIFEST), path.join(to, MANIFEST));
}

function sumOrReason(file) {
  try {
    return sha256OfFile(file);
  } catch (error) {
    return error.code;
  }
}
