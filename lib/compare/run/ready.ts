import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { LaunchError } from '../../process/failure.js';
import type { OutputTail } from './output-tail.js';

/** How a program shows that it is ready. */
export type Ready =
  | { readonly kind: 'port'; readonly port: number }
  | { readonly kind: 'output'; readonly pattern: RegExp };

/** Milliseconds between two attempts to connect. */
const attemptInterval = 10;
const hosts = ['127.0.0.1', '::1'];

/** `--ready`: digits are a TCP port, everything else is a regular expression. */
export function parseReady(text: string): Ready {
  if (text === '') {
    throw new LaunchError('--ready is empty. It takes a port, or a regular expression.');
  }
  if (/^\d+$/.test(text)) {
    const port = Number(text);
    if (port >= 1 && port <= 65_535) return { kind: 'port', port };
    throw new LaunchError(`--ready is "${text}"; a port is a number from 1 to 65535.`);
  }
  try {
    return { kind: 'output', pattern: new RegExp(text, 'm') };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LaunchError(
      `--ready is "${text}", neither a port nor a regular expression: ${reason}.`,
    );
  }
}

/** @throws LaunchError when somebody else listens there already: that one would be measured */
export async function checkPortFree(ready: Ready): Promise<void> {
  if (ready.kind === 'output' || !(await accepts(ready.port))) return;
  throw new LaunchError(
    `--ready is ${String(ready.port)}, and something listens on that port already. ` +
      'End it, or have the command listen on another port.',
  );
}

/** Resolves when the program is ready; gives up, without an error, when aborted. */
export async function untilReady(
  ready: Ready,
  output: OutputTail,
  signal: AbortSignal,
): Promise<void> {
  if (ready.kind === 'output') {
    await untilWritten(ready.pattern, output, signal);
    return;
  }
  while (!signal.aborted && !(await accepts(ready.port))) await sleep(attemptInterval);
}

function untilWritten(pattern: RegExp, output: OutputTail, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const unwatch = output.watch((text) => {
      if (pattern.test(text)) done();
    });
    const done = () => {
      unwatch();
      resolve();
    };
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted || pattern.test(output.text())) done();
  });
}

async function accepts(port: number): Promise<boolean> {
  const answers = await Promise.all(hosts.map((host) => connects(host, port)));
  return answers.includes(true);
}

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
