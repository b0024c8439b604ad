#!/usr/bin/env node
import { CliError } from './cli-error.js';
import { help, helpOf } from './help.js';
import { HelpWanted } from './help-wanted.js';

// Commands are loaded when called: starting a program must not pay for the others.
const commands: Record<string, () => (args: string[]) => void | Promise<void>> = {
  /* eslint-disable @typescript-eslint/no-require-imports -- lazily, see above */
  run: () => (require('./run.js') as typeof import('./run.js')).run,
  compare: () => (require('./compare.js') as typeof import('./compare.js')).compare,
  doctor: () => (require('./doctor.js') as typeof import('./doctor.js')).doctor,
  allocators: () => (require('./allocators.js') as typeof import('./allocators.js')).allocators,
  check: () => (require('./check.js') as typeof import('./check.js')).check,
  preload: () => (require('./preload.js') as typeof import('./preload.js')).preload,
  new: () => (require('./new.js') as typeof import('./new.js')).newProject,
  /* eslint-enable @typescript-eslint/no-require-imports */
};

async function main([name, ...args]: string[]): Promise<void> {
  if (name === undefined || name === '--help' || name === '-h') {
    process.stdout.write(help);
    return;
  }
  if (name === 'help') {
    const [about] = args;
    if (about !== undefined) commandOf(about);
    process.stdout.write(about === undefined ? help : helpOf(about));
    return;
  }
  if (name === '--version' || name === '-v') {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- JSON of our own package
    const { version } = require('../../package.json') as { version: string };
    process.stdout.write(`${version}\n`);
    return;
  }
  await commandOf(name)()(args);
}

function commandOf(name: string): NonNullable<(typeof commands)[string]> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) return command;
  const names = Object.keys(commands).join(', ');
  throw new CliError(`There is no command "${name}". Commands: ${names}. See allomorph --help.`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof HelpWanted) {
    process.stdout.write(helpOf(error.command));
    return;
  }
  if (!(error instanceof Error)) throw error;
  const known = error instanceof CliError || 'code' in error;
  process.stderr.write(`allomorph: ${known ? error.message : String(error.stack)}\n`);
  process.exitCode = error instanceof CliError ? error.status : 125;
});
