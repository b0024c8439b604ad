import { accessSync, constants, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { exitStatus, LaunchError } from './failure.js';

/** What POSIX prescribes when PATH is unset. */
const defaultPath = '/usr/local/bin:/usr/bin:/bin';

/** The file that a shell would start for this name; relative entries count from here. */
export function findExecutable(name: string, searchPath: string = defaultPath): string {
  const candidates = name.includes('/')
    ? [name]
    : searchPath.split(':').map((folder) => path.join(folder === '' ? '.' : folder, name));
  const files = candidates.filter(isFile);
  const executable = files.find(isExecutable);
  if (executable !== undefined) return executable;
  const [unusable] = files;
  if (unusable !== undefined) {
    throw new LaunchError(
      `${unusable} is not executable. Make it so (chmod +x), or name its interpreter: node ${unusable}.`,
      exitStatus.notExecutable,
    );
  }
  if (name.includes('/') && isFolder(name)) {
    throw new LaunchError(`${name} is a folder. Name the program in it.`, exitStatus.notExecutable);
  }
  throw new LaunchError(
    name.includes('/')
      ? `${name} does not exist or is not a file.`
      : `"${name}" is not in any folder of PATH.`,
    exitStatus.notFound,
  );
}

/** The running Node. Without /proc, Node knows itself only by the name it was started with. */
export function nodeExecutable(): string {
  return path.isAbsolute(process.execPath)
    ? process.execPath
    : path.resolve(findExecutable(process.execPath, process.env['PATH']));
}

const isFile = (file: string) => look(file)?.isFile() ?? false;
const isFolder = (file: string) => look(file)?.isDirectory() ?? false;

function look(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined; // in a folder that this user may not look into: a shell passes over it as well
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
