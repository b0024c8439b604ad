import type { Course } from '../../compare/run/phases.js';
import { parseReady } from '../../compare/run/ready.js';
import { CliError } from '../cli-error.js';
import { seconds } from './numbers.js';

/** What each run is taken through. @throws CliError for flags that say nothing together */
export function courseOf(flags: {
  readonly ready?: string;
  readonly load?: string;
  readonly duration?: string;
  readonly idle?: string;
}): Course {
  const ready = flags.ready === undefined ? null : parseReady(flags.ready);
  const load = flags.load ?? null;
  const duration = seconds('--duration', flags.duration) ?? null;
  const idle = seconds('--idle', flags.idle) ?? null;
  if (load !== null && load.trim() === '') {
    throw new CliError('--load is empty. It takes the command line of a load generator.');
  }
  if (load !== null && ready === null) {
    throw new CliError(
      '--load needs --ready, which says when the server can take it: a port, or what it writes then.',
    );
  }
  if (idle !== null && ready === null && duration === null) {
    throw new CliError(
      '--idle is for a program that we stop: give --ready, --load or --duration too. ' +
        'One that ends by itself can idle by itself.',
    );
  }
  if (ready !== null && load === null && duration === null && idle === null) {
    throw new CliError(
      '--ready says when a server is ready; what then? Give --load, --duration or --idle too.',
    );
  }
  return { ready, load, duration, idle };
}
