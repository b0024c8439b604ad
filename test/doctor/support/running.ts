import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import type { Diagnosis } from 'allomorph/doctor/diagnose';
import { temporaryFolder } from './compile.js';
import { copyPackage } from './copy.js';
import { cli, run } from '../../support/child.js';

const waits = 'process.stdout.write("ready"); setInterval(() => {}, 1000)';

export interface Start {
  env?: NodeJS.ProcessEnv;
  /** JavaScript that runs first. */
  source?: string;
  cwd?: string;
  /** Instead of Node; has to write something when it is up. */
  command?: readonly [string, ...string[]];
}

/** Starts a program with this environment and nothing else, and has `doctor --pid` look at it. */
export async function diagnoseRunning(start: Start = {}): Promise<Diagnosis> {
  const child = begin(start);
  try {
    await once(child.stdout!, 'data');
    const looked = run(process.execPath, [cli, 'doctor', '--json', '--pid', String(child.pid)]);
    if (looked.status !== 0 && looked.status !== 1) throw new Error(looked.stderr);
    return JSON.parse(looked.stdout) as Diagnosis;
  } finally {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
}

/** `doctor --pid` about a process that it must not look into. */
export function diagnoseDenied(): Diagnosis {
  // Root may look into everything: then somebody else looks into a process of root's.
  const asRoot = process.getuid?.() === 0;
  const pid = asRoot ? process.pid : 1;
  // A copy, as the other user may have no access to the folder that the package is in.
  const folder = temporaryFolder();
  const copied = copyPackage(folder);
  chmodSync(folder, 0o755);
  const looked = spawnSync(process.execPath, [copied, 'doctor', '--json', '--pid', String(pid)], {
    encoding: 'utf8',
    cwd: folder,
    ...(asRoot ? { uid: 65534, gid: 65534 } : {}),
  });
  if (looked.stdout === '') throw new Error(looked.stderr);
  return JSON.parse(looked.stdout) as Diagnosis;
}

/** `doctor` as a program of its own, in the place of the program that it is to tell about. */
export function diagnoseHere(env: NodeJS.ProcessEnv = {}): Diagnosis {
  const looked = run(process.execPath, [cli, 'doctor', '--json'], env);
  if (looked.status !== 0 && looked.status !== 1) throw new Error(looked.stderr);
  return JSON.parse(looked.stdout) as Diagnosis;
}

function begin({ env = {}, source = '', cwd = temporaryFolder(), command }: Start): ChildProcess {
  const [file, ...args] = command ?? [process.execPath, '-e', `${source};${waits}`];
  return spawn(file, args, {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    // What the dynamic linker has to say about a broken LD_PRELOAD is not for the report of the tests.
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}
