import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const ABANDONED_AFTER_MS = 60 * 60 * 1000;
const mine = new Set();

/** A new folder `<parent>/<pid>-XXXXXX`, removed by removeTemporaryFolders(). */
export function makeTemporaryFolder(parent) {
  mkdirSync(parent, { recursive: true });
  sweep(parent);
  const folder = mkdtempSync(path.join(parent, `${process.pid}-`));
  mine.add(folder);
  return folder;
}

/**
 * A new folder directly in the system's temporary folder. Never below a fixed name there: whoever
 * made that name first could swap what is in it, and apt reads its configuration from such a folder.
 */
export function makeSystemTemporaryFolder() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-build-'));
  mine.add(folder);
  return folder;
}

export function removeTemporaryFolders() {
  for (const folder of mine) removeTemporaryFolder(folder);
}

export function removeTemporaryFolder(folder) {
  // A command that is being killed may still write a file between the listing and the rmdir.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  mine.delete(folder);
}

/**
 * Removes what killed builds left behind. Both conditions, because a process identifier says
 * nothing when the folder is shared between containers, and age says nothing about a slow machine.
 */
function sweep(parent) {
  for (const name of readdirSync(parent)) {
    const pid = Number.parseInt(name, 10);
    const folder = path.join(parent, name);
    if (Number.isInteger(pid) && !isAlive(pid) && ageOf(folder) > ABANDONED_AFTER_MS) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

function ageOf(folder) {
  try {
    return Date.now() - statSync(folder).mtimeMs;
  } catch {
    return 0;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
