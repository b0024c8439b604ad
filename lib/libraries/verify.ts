import { spawnSync } from 'node:child_process';
import { blame } from '../conformance/ending.js';
import { childCommand, childEnvironment, parseEvents } from '../conformance/protocol.js';
import type { RuleResult } from '../conformance/report.js';
import { AllomorphError } from '../errors/error.js';
import { notLoaded } from './explain.js';
import type { LibraryFile } from './inspect.js';

/** Seconds for all rules in their brief form, which take a fraction of one on a machine that is not loaded. */
const limit = 20;

/**
 * Tries a library in a process of its own.
 * @throws ERR_ALLOMORPH_NONCONFORMING with the first rule that it breaks, ERR_ALLOMORPH_LIBRARY when it cannot be
 * loaded, ERR_ALLOMORPH_SYSTEM when no process can be started
 */
export function verify({ path, prefix, isMalloc }: LibraryFile): void {
  const [command, args] = childCommand({ path, prefix, isMalloc, seed: 1, effort: 'brief' });
  const { status, signal, error, output, stderr } = start(command, args);
  const isHanging = (error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT';
  if (error !== undefined && !isHanging) throw noProcess(path, error);
  const events = parseEvents(output[3] ?? '');
  for (const event of events) {
    if (event.event === 'not-loaded') throw notLoaded(path, event.library);
    if (event.event === 'end' && event.result.outcome === 'failed') {
      throw nonconforming(path, event.result);
    }
  }
  const ending = { status, signal, limit: isHanging ? limit : undefined, stderr };
  const failure = blame(events, ending);
  if (failure !== undefined) throw nonconforming(path, failure);
  if (events.at(-1)?.event !== 'done') {
    throw noProcess(path, new Error(`it ended with ${String(signal ?? status)}: ${stderr.trim()}`));
  }
}

function start(command: string, args: string[]) {
  try {
    return spawnSync(command, args, {
      env: childEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
      timeout: limit * 1000,
      killSignal: 'SIGKILL',
      maxBuffer: 64 * 1024 * 1024,
      windowsHide: true,
    });
  } catch (error) {
    // --permission throws instead.
    return { status: null, signal: null, error: error as Error, output: [], stderr: '' };
  }
}

function nonconforming(path: string, { id, text, counterExample }: RuleResult): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_NONCONFORMING',
    `${path} breaks the rule "${id}" (${text}): ${counterExample?.message ?? 'it failed'}. ` +
      `Correct it: allomorph check ${path} tries all rules. { verify: false } loads it all the same.`,
    { path, rule: id, counterExample },
  );
}

function noProcess(path: string, cause: Error): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_SYSTEM',
    `${path} could not be verified, as that takes a process of its own: ${cause.message}. ` +
      'Allow child processes (--allow-child-process under --permission), or trust the library: { verify: false }.',
    { path },
    { cause },
  );
}
