import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const SCRIPTS = path.resolve(__dirname, '..', '..', '..', 'scripts');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Sandbox {
  readonly folder: string;
  readonly cache: string;
  readonly out: string;
}

const folders: string[] = [];

/** A cache and an output folder of this test's own, removed by removeSandboxes(). */
export function sandbox(): Sandbox {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-scripts-'));
  folders.push(folder);
  return { folder, cache: path.join(folder, 'cache'), out: path.join(folder, 'out') };
}

export function removeSandboxes(): void {
  for (const folder of folders.splice(0))
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

/** `node scripts/build.mjs jemalloc` in a sandbox; variables of the caller's own build are left out. */
export function startBuild(box: Sandbox, env: NodeJS.ProcessEnv = {}, out = box.out): ChildProcess {
  const {
    CI: _ci,
    ALLOMORPH_JEMALLOC: _setting,
    ALLOMORPH_JEMALLOC_SOURCE: _source,
    ...inherited
  } = process.env;
  return spawn(process.execPath, [path.join(SCRIPTS, 'build.mjs'), 'jemalloc', '--out', out], {
    env: { ...inherited, ALLOMORPH_CACHE: box.cache, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export function outcomeOf(child: ChildProcess): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

export function build(box: Sandbox, env: NodeJS.ProcessEnv = {}, out = box.out): Promise<Outcome> {
  return outcomeOf(startBuild(box, env, out));
}

/** Runs a module's text with the scripts' folder as `base`, and parses what it prints. */
export async function evaluate(program: string): Promise<unknown> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { cwd: SCRIPTS });
  const outcome = await outcomeOf(child);
  if (outcome.code !== 0) throw new Error(outcome.stderr);
  return JSON.parse(outcome.stdout);
}
