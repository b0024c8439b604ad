import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { BuildFailure } from './failure.mjs';
import { removeTemporaryFolders } from './temporary.mjs';

const running = new Set();

/**
 * Runs a command with its output in a log file and resolves with the captured standard output.
 * Rejects with a BuildFailure naming the log when the command cannot start, is stopped or fails.
 */
export async function run(command, args, options = {}) {
  const { cwd, env, log, verbose = false, onLine, signal, timeout, fix } = options;
  const sink = log === undefined ? undefined : openLog(log, command, args, cwd);
  const child = spawn(command, args, {
    cwd,
    env: env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own process group, so that stopping it also stops what make and apt-get have started.
    detached: process.platform !== 'win32',
  });
  running.add(child);
  const stop = () => stopGroup(child);
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  let timedOut = false;
  const timer = timeout && setTimeout(() => ((timedOut = true), stop()), timeout);

  let output = '';
  const collect = (stream, isOutput) =>
    createInterface({ input: stream }).on('line', (line) => {
      if (isOutput) output += `${line}\n`;
      sink?.write(`${line}\n`);
      if (verbose) process.stdout.write(`${line}\n`);
      onLine?.(line);
    });
  collect(child.stdout, true);
  collect(child.stderr, false);

  try {
    const outcome = await new Promise((resolve) => {
      child.once('error', (error) => resolve(`${command} cannot be started: ${error.message}`));
      child.once('close', (code, killedBy) =>
        resolve(code === 0 ? undefined : describe(code, killedBy)),
      );
    });
    if (outcome === undefined) return output;
    const text = timedOut ? `${command} took longer than ${timeout / 1000} s` : outcome;
    throw new BuildFailure(text, { log, fix });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
    running.delete(child);
    if (sink !== undefined) await new Promise((resolve) => sink.end(resolve));
  }

  function describe(code, killedBy) {
    const how = killedBy === null ? `exited with ${code}` : `was ended by ${killedBy}`;
    return `${[path.basename(command), ...args].join(' ')} ${how}`;
  }
}

/** Without this an interrupted build would leave make running and its temporary folder behind. */
export function stopChildrenOnSignals() {
  const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };
  for (const [name, number] of Object.entries(numbers)) {
    process.once(name, () => {
      for (const child of running) stopGroup(child);
      removeTemporaryFolders();
      process.exit(128 + number);
    });
  }
}

function stopGroup(child) {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}

function openLog(file, command, args, cwd) {
  mkdirSync(path.dirname(file), { recursive: true });
  const sink = createWriteStream(file, { flags: 'a' });
  sink.write(`$ ${[command, ...args].join(' ')}${cwd === undefined ? '' : `   (in ${cwd})`}\n`);
  return sink;
}
