import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run, type Ended } from '../../support/child.js';
import { makeProgramFolder } from '../../support/program-folder.js';

/** What a program sees of the way it was started. */
export const report = `
const { processAllocator } = require('allomorph');
const fs = require('node:fs');
console.log(JSON.stringify({
  name: processAllocator().name,
  argv: process.argv.slice(2), execArgv: process.execArgv, argv0: process.argv0,
  pid: process.pid, ppid: process.ppid, cwd: process.cwd(),
  leaks: Object.keys(process.env).filter((name) => /^(LD_PRELOAD|MALLOC_CONF|ALLOMORPH_GUARD)/.test(name)),
}));`;

interface Report {
  name: string;
  argv: string[];
  execArgv: string[];
  argv0: string;
  pid: number;
  leaks: string[];
}

interface Program {
  readonly folder: string;
  /** A file in the folder. */
  readonly write: (name: string, source: string) => string;
  /** Runs from the folder. */
  readonly node: (args: readonly string[], env?: NodeJS.ProcessEnv, input?: string) => Ended;
}

/** A program that depends on allomorph, for one test file. Call it once, at the top of the file. */
export function useProgram(): Program {
  const folder = makeProgramFolder();
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  return {
    folder,
    write: (name, source) => {
      const file = path.join(folder, name);
      writeFileSync(file, source);
      return file;
    },
    node: (args, env = {}, input) =>
      run('bash', ['-c', 'cd "$0" && exec "$@"', folder, process.execPath, ...args], env, input),
  };
}

export function reportOf(child: Ended): Report {
  expect(child.stderr).toBe('');
  const lines = child.stdout.trim().split('\n');
  expect(lines).toHaveLength(1); // the program ran once
  return JSON.parse(lines[0] ?? '') as Report;
}
