import { accessSync, constants, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { LaunchError } from './failure.js';

/**
 * Refuses a file that a block could not append to. The started process says so as well, and does not know what the user
 * wrote; it alone can tell of a FIFO.
 * @param text what the user wrote
 * @param source the flag or variable that it comes from
 */
export function checkFile(file: string, text: string, source: string): void {
  const reason = whyNot(file);
  if (reason === undefined) return;
  throw new LaunchError(`${source} is "${text}": ${file} cannot be written to: ${reason}.`);
}

function whyNot(file: string): string | undefined {
  try {
    const stats: Stats | undefined = statSync(file, { throwIfNoEntry: false });
    if (stats?.isDirectory() === true) return 'it is a folder';
    if (stats === undefined) accessSync(path.dirname(file), constants.W_OK | constants.X_OK);
    else accessSync(file, constants.W_OK);
    return undefined;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return reasons[code] ?? code;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'it lies in what is no folder',
  EACCES: 'no permission',
  EROFS: 'its file system is read-only',
};
