import { spawnSync } from 'node:child_process';
import { blame, howEnded } from '../conformance/ending.js';
import { childEnvironment } from '../conformance/protocol.js';
import type { RuleResult } from '../conformance/report.js';
import type { Run } from '../conformance/run-child.js';
import { verifierCommand } from '../conformance/verifier-command.js';
import { AllomorphError } from '../errors/error.js';
import { notLoaded } from './explain.js';
import type { LibraryFile } from './inspect.js';

/** Milliseconds for all rules in their brief form, which take a fraction of a second on a machine that is not loaded. */
const usualTimeout = 20_000;
/** Milliseconds for the verifier to start, and to end what hangs. */
const margin = 20_000;

/**
 * Tries a library in a process of its own.
 * @throws ERR_ALLOMORPH_NONCONFORMING with the first rule that it breaks, ERR_ALLOMORPH_LIBRARY when it cannot be
 * loaded, ERR_ALLOMORPH_SYSTEM when no process can be started
 */
export function verify({ path, prefix, isMalloc }: LibraryFile, timeout = usualTimeout): void {
  const request = { path, prefix, isMalloc, seed: 1, effort: 'brief' } as const;
  const { events, ending } = run(
    path,
    verifierCommand({ request, limit: timeout / 1000 }),
    timeout,
  );
  for (const event of events) {
    if (event.event === 'not-loaded') throw notLoaded(path, event.library);
    if (event.event === 'end' && event.result.outcome === 'failed') {
      throw nonconforming(path, event.result);
    }
  }
  const failure = blame(events, ending);
  if (failure !== undefined) throw nonconforming(path, failure);
  if (ending.limit !== undefined) throw tooLate(path, timeout);
  if (events.at(-1)?.event !== 'done') throw notVerified(path, new Error(`it ${howEnded(ending)}`));
}

/** In between stands the verifier: only what is not blocked can watch a library, and this thread is. */
function run(path: string, [command, args]: [string, string[]], timeout: number): Run {
  const { status, signal, error, stdout, stderr } = start(command, args, timeout);
  if (error !== undefined) {
    if (isRefused(error)) throw noProcess(path, error);
    throw notVerified(path, error);
  }
  if (status !== 0) {
    throw notVerified(path, new Error(`it ${howEnded({ status, signal, stderr })}`));
  }
  return JSON.parse(stdout) as Run;
}

function start(command: string, args: string[], timeout: number) {
  try {
    return spawnSync(command, args, {
      env: childEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
      timeout: timeout + margin,
      killSignal: 'SIGTERM',
      maxBuffer: 64 * 1024 * 1024,
      windowsHide: true,
    });
  } catch (error) {
    // --permission throws instead.
    return { status: null, signal: null, error: error as Error, stdout: '', stderr: '' };
  }
}

/** Of those of spawn, the two that are no refusal come from a verifier that ran. */
function isRefused(error: NodeJS.ErrnoException): boolean {
  return error.code !== 'ETIMEDOUT' && error.code !== 'ENOBUFS';
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

/** No rule is to blame: it ended between two, or before the first. */
function tooLate(path: string, timeout: number): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_SYSTEM',
    `${path} could not be verified within ${String(timeout)} ms. Give it more time: { timeout }; or trust the ` +
      'library: { verify: false }.',
    { path, timeout },
  );
}

function notVerified(path: string, cause: Error): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_SYSTEM',
    `${path} could not be verified: the process that tries it did not tell a result (${cause.message}). ` +
      `allomorph check ${path} tries it by itself; { verify: false } loads it all the same.`,
    { path },
    { cause },
  );
}
