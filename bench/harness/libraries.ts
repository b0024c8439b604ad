import { execFile } from 'node:child_process';
import { readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ProcessAllocator } from 'allomorph';
import { childEnvironment } from './child-environment.js';
import { BenchFailure } from './failure.js';
import { commandLine, root } from './layout.js';

const execute = promisify(execFile);

/** Allocators that can be preloaded here; undefined: not installed. */
export interface Libraries {
  readonly ours: string;
  readonly debianJemalloc: string | undefined;
  readonly mimalloc: string | undefined;
  readonly tcmalloc: string | undefined;
}

export async function libraries(): Promise<Libraries> {
  return {
    ours: await ourPreload(),
    debianJemalloc: installed(/^libjemalloc\.so\.2$/),
    mimalloc: installed(/^libmimalloc\.so\.\d+$/),
    tcmalloc: installed(/^libtcmalloc_minimal\.so\.\d+$/),
  };
}

/** Asks a process that the launcher has put on it: that is the file a user gets. */
async function ourPreload(): Promise<string> {
  if (process.platform !== 'linux') {
    throw new BenchFailure(`A malloc can be preloaded on Linux only, not on ${process.platform}.`);
  }
  const script = 'console.log(JSON.stringify(require("allomorph").processAllocator()))';
  const args = [commandLine, 'run', '--', process.execPath, '-e', script];
  try {
    const { stdout } = await execute(process.execPath, args, {
      cwd: root,
      env: childEnvironment(),
    });
    const { library } = JSON.parse(stdout) as ProcessAllocator;
    if (library !== null) return realpathSync(library);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BenchFailure(`allomorph run does not work here. ${reason}`);
  }
  throw new BenchFailure('allomorph run does not say which library malloc comes from.');
}

function installed(name: RegExp): string | undefined {
  const triplet = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  for (const folder of [path.join('/usr/lib', triplet), '/usr/lib64', '/usr/lib']) {
    const file = list(folder).find((candidate) => name.test(candidate));
    if (file !== undefined) return realpathSync(path.join(folder, file));
  }
  return undefined;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // distributions have one or two of them
  }
}
