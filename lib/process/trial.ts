import { spawnSync } from 'node:child_process';
import { isSelfContained } from '../elf/self-contained.js';
import { addon } from '../native/load.js';
import { remembered } from '../support/remembered.js';
import { exitStatus, LaunchError } from './failure.js';
import { nodeExecutable } from './find-executable.js';
import { specVariable } from './names.js';
import type { Wanted } from './wanted.js';

/** Of a trial that came to its end: none that a library is likely to end a process with. */
const passed = 86;

/** Seconds. A library that hangs does so in the command as well, where everybody sees it. */
const limit = 10;

/**
 * Starts a Node on a library of five functions, before the command is. A library whose constructor ends the process
 * would otherwise pass for a command that did, with status 0 perhaps. What is seen without a trial is left to the
 * command: a signal, or a sentence of the interposer. A library that has passed is not tried again.
 * @throws LaunchError when the process is ended by the library
 */
export function tryLibrary({ library, interposed }: Wanted): void {
  if (library === null || interposed?.opened == null) return;
  const trial = remembered({
    kind: 'tried',
    file: interposed.opened,
    conditions: [addon.version, process.version],
    lasting: isSelfContained(interposed.opened),
  });
  if (trial.isKnown) return;
  const status = statusOnLibrary(library, interposed.opened);
  if (status === passed) trial.remember();
  if (status === null || status === passed || status === exitStatus.failed) return;
  throw new LaunchError(
    `The library ${interposed.opened} ended the process with status ${String(status)} when it was tried in a Node, ` +
      'before anything ran: a constructor or a function of it calls exit. The command was not started.',
  );
}

/** Null: a signal, no end in time, or no process can be started. */
function statusOnLibrary(interposer: string, library: string): number | null {
  try {
    return spawnSync(nodeExecutable(), ['-e', `process.exit(${String(passed)})`], {
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        LD_PRELOAD: [interposer, process.env['LD_PRELOAD']].filter(Boolean).join(':'),
        [specVariable]: library,
      },
      // No pipes: what the library starts may hold them open.
      stdio: 'ignore',
      timeout: limit * 1000,
      killSignal: 'SIGKILL',
    }).status;
  } catch {
    return null; // --permission forbids child processes
  }
}
