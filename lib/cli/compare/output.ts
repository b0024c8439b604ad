import {
  accessSync,
  constants,
  lstatSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Comparison } from '../../compare/document/index.js';
import { CliError } from '../cli-error.js';

/** A file that the result is written to. */
export interface Output {
  readonly isStdout: boolean;
  write(result: Comparison): void;
}

/** @throws CliError when one would overwrite the other */
export function checkOutputs(json: string | undefined, html: string | undefined): void {
  if (json === undefined || html === undefined || path.resolve(json) !== path.resolve(html)) return;
  throw new CliError(`--json and --html are both "${json}". Give them two files.`);
}

/**
 * Looks whether the file can be written before anything is measured for it.
 * @param file undefined: the flag was not given; `-`: stdout
 */
export function outputTo(
  flag: string,
  file: string | undefined,
  render: (result: Comparison) => string,
): Output {
  if (file === undefined) return { isStdout: false, write: () => undefined };
  if (file === '-') {
    return { isStdout: true, write: (result) => void process.stdout.write(render(result)) };
  }
  const full = path.resolve(file);
  check(flag, file, full);
  return {
    isStdout: false,
    write: (result) => {
      writeWhole(full, render(result));
      process.stderr.write(`allomorph: written to ${file}\n`);
    },
  };
}

function check(flag: string, file: string, full: string): void {
  const wrong = (reason: string) =>
    new CliError(`${flag} is "${file}", which cannot be written: ${reason}.`);
  if (file === '') throw wrong('it is empty');
  const stats = statSync(full, { throwIfNoEntry: false });
  if (stats?.isDirectory() === true) throw wrong('it is a folder');
  const folder = path.dirname(full);
  try {
    accessSync(stats === undefined ? folder : full, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw wrong(`there is no folder ${folder}. Make it first`);
    throw wrong(code ?? String(error));
  }
}

/** A reader sees the old file or the whole new one, where that can be done. */
function writeWhole(file: string, text: string): void {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  // A link, a pipe or a device stays what it is.
  if (stats !== undefined && !stats.isFile()) {
    writeFileSync(file, text);
    return;
  }
  const temporary = `${file}.${String(process.pid)}.tmp`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  } catch {
    // The file may be written and its folder not; if neither, this says why.
    rmSync(temporary, { force: true });
    writeFileSync(file, text);
  }
}
