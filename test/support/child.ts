import { spawnSync } from 'node:child_process';
import path from 'node:path';

export const root = path.resolve(__dirname, '..', '..');
/** The command line of the package. */
export const cli = path.join(root, 'dist', 'cli', 'main.js');

export interface Ended {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** The environment of the tests without anything that would steer the package under test. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(ALLOMORPH_|LD_PRELOAD$|MALLOC_|NODE_OPTIONS$|JEST_)/.test(name),
    ),
  );
  // The runtime of a sanitizer, without which its addon cannot be loaded.
  const preload = process.env['TEST_LD_PRELOAD'];
  return preload === undefined ? kept : { ...kept, LD_PRELOAD: preload };
}

/**
 * A flag for every Node whose workers end while they are at work. Without it Node 20 aborts now and
 * then, with any program (`data.first` in node_platform.cc, docs/troubleshooting.md): a thread that
 * compiles for the worker asks for a step of its collector after the worker has gone.
 */
export const workersEnd = '--no-concurrent-recompilation';

/** Runs a command to its end, from the project's folder. */
export function run(
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  input?: string,
): Ended {
  const { status, signal, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    env: { ...cleanEnvironment(), ...environment },
    encoding: 'utf8',
    input,
    timeout: 120_000,
  });
  return { status, signal, stdout, stderr };
}

/** Runs Node on a piece of JavaScript. `type` decides whether it may `import` or `require`. */
export function node(
  source: string,
  {
    type = 'commonjs',
    env = {},
    flags = [],
  }: { type?: 'module' | 'commonjs'; env?: NodeJS.ProcessEnv; flags?: readonly string[] } = {},
): Ended {
  const needed = source.includes('worker_threads') ? [workersEnd] : [];
  return run(process.execPath, [...needed, ...flags, `--input-type=${type}`, '-e', source], env);
}

/** Runs a TypeScript file of the tests in a Node of its own. */
export function nodeTypeScript(
  file: string,
  { args = [], env = {} }: { args?: readonly string[]; env?: NodeJS.ProcessEnv } = {},
): Ended {
  const hook = path.join(__dirname, 'typescript-hook.cjs');
  return run(process.execPath, ['-r', hook, file, ...args], env);
}
