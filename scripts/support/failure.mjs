import { readFileSync } from 'node:fs';

const LOG_LINES_SHOWN = 25;

/** A failure whose reader can act on it: what was wrong with the value, and `fix`: what to do. */
export class BuildFailure extends Error {
  constructor(message, { fix, log, cause } = {}) {
    super(message, { cause });
    this.name = 'BuildFailure';
    this.fix = fix;
    this.log = log;
  }

  static unexpected(error) {
    return new BuildFailure(error?.stack ?? String(error), {
      fix: 'this is a defect of the build scripts: report it with the text above',
      cause: error,
    });
  }
}

/** Prints a failed step: its name, the end of its log, where the whole log is, what to do. */
export function report(step, failure) {
  const lines = ['', `allomorph build: step "${step}" failed: ${failure.message}`];
  if (failure.log !== undefined) {
    lines.push(
      '',
      `last lines of the log:`,
      ...lastLines(failure.log).map((line) => `  | ${line}`),
    );
    lines.push('', `full log: ${failure.log}`);
  }
  if (failure.fix !== undefined) lines.push(`what to do: ${failure.fix}`);
  process.stderr.write(`${lines.join('\n')}\n`);
}

function lastLines(file) {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LOG_LINES_SHOWN);
  } catch (error) {
    return [`(cannot be read: ${error.message})`];
  }
}
