import { checkCommand } from '../process/check-command.js';
import { findExecutable } from '../process/find-executable.js';

/** The program to compare on. */
export interface Command {
  /** Absolute, or relative to the current folder. */
  readonly file: string;
  /** The program's name and its arguments, as given. */
  readonly words: readonly string[];
}

/** @throws LaunchError when there is no such program, or nothing can be preloaded into it */
export function findCommand(words: readonly string[]): Command {
  const [name = ''] = words;
  const file = findExecutable(name, process.env['PATH']);
  checkCommand(file);
  return { file, words };
}
