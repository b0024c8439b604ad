import { OutputTail } from './output-tail.js';
import { supervise } from './supervisor.js';

/** How the load generator ended. */
export interface LoadEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** What it wrote, up to a limit. */
  readonly stdout: string;
  readonly stderr: string;
  readonly lastOutput: string;
}

/** Bytes of each of its streams that are read: reports are a few thousand. */
const most = 8 * 2 ** 20;
/** Seconds between two looks at its memory, in which nobody is interested. */
const never = 86_400;

/**
 * Runs the command by the shell, in the user's own environment; ended when aborted. Under a supervisor, so that all it has
 * started ends with it, and with us: else it would go on loading the next candidate.
 */
export async function runLoad(command: string, signal: AbortSignal): Promise<LoadEnd> {
  const tail = new OutputTail();
  const [stdout, stderr] = [collector(tail), collector(tail)];
  const shell = { file: '/bin/sh', words: ['/bin/sh', '-c', command] };
  const supervised = supervise(shell, [], never, stdout.add, stderr.add);
  const kill = () => {
    supervised.kill();
  };
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  try {
    await supervised.started;
    const ended = await supervised.ended;
    await supervised.closed;
    return {
      exitCode: ended?.exitCode ?? null,
      signal: ended === undefined ? 'SIGKILL' : ended.signal,
      stdout: stdout.text(),
      stderr: stderr.text(),
      lastOutput: tail.lines(),
    };
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

function collector(tail: OutputTail) {
  const chunks: Buffer[] = [];
  let length = 0;
  return {
    add: (bytes: Buffer) => {
      tail.add(bytes);
      if (length >= most) return;
      chunks.push(bytes);
      length += bytes.length;
    },
    text: () => Buffer.concat(chunks).toString('utf8'),
  };
}
