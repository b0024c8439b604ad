import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setImmediate as nextTurn, setTimeout as after } from 'node:timers/promises';
import { killGroup } from '../support/kill-group.js';
import { CallUnderWay } from './call-under-way.js';
import type { Ending } from './ending.js';
import { EventReader } from './event-reader.js';
import {
  childCommand,
  childEnvironment,
  newNonce,
  type ChildEvent,
  type ChildRequest,
} from './protocol.js';

/** How a child went. */
export interface Run {
  readonly events: readonly ChildEvent[];
  readonly ending: Ending;
}

/** Milliseconds for what a child had written before it ended; longer only when others hold its pipes. */
const grace = 200;
/** Characters of stderr that are kept: the last ones. */
const kept = 4096;

/**
 * Tries a library in a child process that leads a group of its own. Whatever the library has
 * started there is killed with it, and what has left the group is not waited for.
 * @param limit seconds
 * @param scope what must end within the limit: each rule, or all of them together
 * @throws what `spawn` reports when there is no process
 */
export async function runChild(
  request: Omit<ChildRequest, 'nonce'>,
  limit: number,
  scope: 'rule' | 'all',
): Promise<Run> {
  const nonce = newNonce();
  const call = new CallUnderWay(nonce);
  try {
    return await watched(start({ ...request, nonce }, call), nonce, call, limit, scope);
  } finally {
    call.close();
  }
}

function start(request: ChildRequest, call: CallUnderWay): ChildProcess {
  const [command, args] = childCommand(request);
  return spawn(command, args, {
    env: childEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', call.stdio],
    detached: true,
  });
}

async function watched(
  child: ChildProcess,
  nonce: string,
  call: CallUnderWay,
  limit: number,
  scope: 'rule' | 'all',
): Promise<Run> {
  const killAll = () => {
    if (child.pid !== undefined) killGroup(child.pid);
  };
  const stopForwarding = beforeSignals(killAll);
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
  const close = once(child, 'close');
  // Both reject when there is no process; `exit` is awaited.
  close.catch(() => undefined);
  const hanging = new AbortController();
  let killed = 0;
  const kill = () => {
    killed = performance.now();
    hanging.abort();
    killAll();
  };
  let timer = setTimeout(kill, limit * 1000);
  let lastEvent = performance.now();
  const reader = new EventReader(nonce, () => {
    lastEvent = performance.now();
    const isOver = hanging.signal.aborted || child.exitCode !== null || child.signalCode !== null;
    if (scope === 'all' || isOver) return;
    clearTimeout(timer);
    timer = setTimeout(kill, limit * 1000);
  });
  let stderr = '';
  const events = child.stdio[3] as Readable;
  events.setEncoding('utf8').on('data', (chunk: string) => {
    reader.add(chunk);
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-kept);
  });
  try {
    const [status, signal] = await exit;
    clearTimeout(timer);
    killAll();
    // An open pipe keeps this process going, the timer need not.
    await Promise.race([close, after(grace, undefined, { ref: false })]);
    // A timer may come before what is ready to be read.
    await nextTurn();
    return {
      events: reader.events,
      ending: {
        status,
        signal,
        limit: hanging.signal.aborted ? limit : undefined,
        silence: Math.max(0, killed - lastEvent) / 1000,
        stderr,
        call: call.read(),
      },
    };
  } finally {
    clearTimeout(timer);
    stopForwarding();
    events.destroy();
    child.stderr?.destroy();
  }
}

/**
 * A group of its own gets no Ctrl-C of the terminal.
 * @returns undoes it
 */
function beforeSignals(act: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const undo = () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  const onSignal = (signal: NodeJS.Signals) => {
    act();
    undo();
    process.kill(process.pid, signal);
  };
  for (const signal of signals) process.on(signal, onSignal);
  return undo;
}
