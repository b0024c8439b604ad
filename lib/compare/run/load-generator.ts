import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { killGroup } from '../../support/kill-group.js';
import { OutputTail } from './output-tail.js';

/** How the load generator ended. */
export interface LoadEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it wrote, up to a limit. */
  readonly stdout: string;
  readonly stderr: string;
  readonly lastOutput: string;
}

/** Characters of each of its streams that are read: reports are a few thousand. */
const most = 8 * 2 ** 20;

/** Milliseconds after its end in which what it wrote is still read. */
const lastWords = 1000;

/** Runs the command by the shell, in the user's own environment; ended when aborted. */
export async function runLoad(command: string, signal: AbortSignal): Promise<LoadEnd> {
  // A group of its own, so that what the shell has started can be ended with it.
  const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const tail = new OutputTail();
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      tail.add(Buffer.from(text));
      if (texts[name].length < most) texts[name] += text;
    });
  }
  const end = () => {
    if (child.pid !== undefined) killGroup(child.pid);
  };
  signal.addEventListener('abort', end, { once: true });
  process.once('exit', end);
  try {
    const [exitCode, by] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    // What it has left behind would hold the pipes open, and go on loading the next candidate.
    end();
    // What has left its group is out of reach, and may hold the pipes for ever.
    setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, lastWords).unref();
    if (!child.stdout.readableEnded || !child.stderr.readableEnded) await once(child, 'close');
    return { exitCode, signal: by, ...texts, lastOutput: tail.lines() };
  } finally {
    signal.removeEventListener('abort', end);
    process.off('exit', end);
  }
}
