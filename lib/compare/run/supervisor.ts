import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import net from 'node:net';
import type { Readable } from 'node:stream';
import { addon } from '../../native/load.js';
import { LaunchError } from '../../process/failure.js';
import { ownLibrary } from '../../process/wanted.js';
import { deferred } from '../../support/deferred.js';
import { killGroup } from '../../support/kill-group.js';
import type { EnvironmentChange } from '../candidates/environment-changes.js';
import type { Command } from '../command.js';
import type { Sample } from './samples.js';
import { readEvents, type Ended, type Marks, type Orphans } from './supervisor-events.js';

/** A program that the supervisor (native/supervisor) has started. */
export interface Supervised {
  /** The program's own pid; undefined: the supervisor was killed before it told. Rejects when it could not be started. */
  readonly started: Promise<number | undefined>;
  /** Undefined: the supervisor was killed, so that nothing is known. */
  readonly ended: Promise<Ended | undefined>;
  readonly orphans: Promise<Orphans>;
  readonly marks: Marks;
  /** Everything has ended, stragglers too, and all output has been read. */
  readonly closed: Promise<void>;
  /** The memory of the program and its descendants, once it has ended. */
  readonly samples: readonly Sample[];
  /** Looks at the memory once more now, page tables included, whatever that costs. */
  sample(): void;
  /** Asks the program to end, as an operator would: SIGTERM. */
  stop(): void;
  /** Ends the program and all its descendants at once. */
  kill(): void;
}

/**
 * Starts the command in a session of its own: Ctrl-C in the terminal reaches us, and not it.
 * @param sampleInterval seconds between two looks at its memory
 * @param onErrors what takes its stderr; without it, `onOutput` gets that too
 * @throws LaunchError
 */
export function supervise(
  command: Command,
  changes: readonly EnvironmentChange[],
  sampleInterval: number,
  onOutput: (bytes: Buffer) => void,
  onErrors?: (bytes: Buffer) => void,
): Supervised {
  const executable = ownLibrary('allomorph-supervisor');
  const output = openOutput(onOutput);
  const errors = onErrors === undefined ? output : openOutput(onErrors);
  const outputs = new Set([output, errors]);
  const interval = String(Math.round(sampleInterval * 1e6));
  const args = [interval, command.file, ...words(changes), '--', ...command.words];
  const child = spawn(executable, args, {
    stdio: ['ignore', output.writeEnd, errors.writeEnd, 'pipe'],
    detached: true,
  });
  for (const { writeEnd } of outputs) closeSync(writeEnd);
  const gone = deferred<undefined>();
  const endGroup = () => {
    // Without its supervisor, whatever has left the group would go on writing.
    if (child.pid !== undefined) killGroup(child.pid);
    for (const each of outputs) each.destroy();
  };
  let overdue: NodeJS.Timeout | undefined;
  child.once('exit', () => {
    // From here on the number of the group may be a stranger's.
    clearTimeout(overdue);
  });
  child.once('close', (_, signal) => {
    gone.resolve(undefined);
    // Killed: its group is still there as long as anything of the program is.
    if (signal !== null) endGroup();
  });
  const events = readEvents(child.stdio[3] as Readable);
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (error) => {
      gone.resolve(undefined);
      reject(new LaunchError(`${executable} could not be started: ${error.message}`));
    });
  });
  failed.catch(() => undefined);
  return {
    started: Promise.race([events.started, failed]),
    ended: events.ended,
    orphans: events.orphans,
    marks: events.marks,
    closed: Promise.all([gone.promise, ...Array.from(outputs, ({ drained }) => drained)]).then(
      () => undefined,
    ),
    samples: events.samples,
    sample: () => child.kill('SIGUSR1'),
    stop: () => child.kill('SIGTERM'),
    kill: () => {
      if (!child.kill('SIGHUP')) return; // it has ended
      child.kill('SIGCONT'); // a stopped one hears nothing else
      // Only when something has gone wrong: it ends its tree within milliseconds.
      overdue ??= setTimeout(endGroup, patience).unref();
    },
  };
}

/** Milliseconds in which the supervisor ends its tree when it is told to. */
const patience = 5000;

/** A pipe, and not the socket pair that Node would make: see open_pipe in native/platform. */
function openOutput(onOutput: (bytes: Buffer) => void) {
  const pipe = addon.openPipe();
  if (pipe === null) throw new LaunchError('There are no descriptors left for another pipe.');
  const [readEnd, writeEnd] = pipe;
  const stream = new net.Socket({ fd: readEnd, readable: true, writable: false });
  stream.on('data', onOutput);
  const drained = deferred<undefined>();
  stream.once('close', () => {
    drained.resolve(undefined);
  });
  return { writeEnd, drained: drained.promise, destroy: () => stream.destroy() };
}

function words(changes: readonly EnvironmentChange[]): string[] {
  return changes.map(([name, value]) => (value === null ? `-${name}` : `${name}=${value}`));
}
