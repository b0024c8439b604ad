import { randomBytes } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

/**
 * Writes through a temporary name in the same folder and renames. A reader sees the old file or the
 * new one, and a process that has the old one mapped keeps its inode: writing into a mapped shared
 * library crashes whoever runs on it.
 */
export function copyAtomically(from, to) {
  replace(to, (temporary) => copyFileSync(from, temporary));
}

export function writeAtomically(to, bytes) {
  replace(to, (temporary) => {
    const file = openSync(temporary, 'wx');
    try {
      writeAll(file, bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  });
}

function replace(to, fill) {
  mkdirSync(path.dirname(to), { recursive: true });
  const temporary = `${to}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    fill(temporary);
    renameSync(temporary, to);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function writeAll(file, bytes) {
  const buffer = Buffer.from(bytes);
  for (let done = 0; done < buffer.length;) done += writeSync(file, buffer, done);
}
