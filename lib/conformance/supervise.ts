import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { LoadedLibrary } from '../native/addon.js';
import { blame } from './ending.js';
import {
  childCommand,
  childEnvironment,
  parseEvents,
  type ChildEvent,
  type ChildRequest,
} from './protocol.js';
import type { RuleResult } from './report.js';
import type { RuleId } from './rule.js';
import { rules } from './rules/index.js';

/** The results by rule; or why the library could not be loaded. */
export type Supervised =
  { readonly results: readonly RuleResult[] } | { readonly notLoaded: LoadedLibrary };

/**
 * Tries a library in child processes: one for all rules, and after a crash or a hang, for which the
 * rule in progress is blamed, another one for the rest.
 * @param limit seconds that one rule may take
 */
export async function supervise(request: ChildRequest, limit: number): Promise<Supervised> {
  const results = new Map<RuleId, RuleResult>();
  const wanted = request.only ?? rules.map(({ id }) => id);
  for (;;) {
    const only = wanted.filter((id) => !results.has(id));
    const events = await runChild({ ...request, only }, limit, (failure) => {
      results.set(failure.id, failure);
    });
    for (const event of events) {
      if (event.event === 'not-loaded') return { notLoaded: event.library };
      if (event.event === 'end') results.set(event.result.id, event.result);
    }
    const isLoaded = results.get('load')?.outcome === 'passed';
    if (!isLoaded || wanted.every((id) => results.has(id)))
      return { results: [...results.values()] };
  }
}

async function runChild(
  request: ChildRequest,
  limit: number,
  onFailure: (failure: RuleResult) => void,
): Promise<ChildEvent[]> {
  const [command, args] = childCommand(request);
  const child = spawn(command, args, {
    env: childEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const hanging = new AbortController();
  const kill = () => {
    hanging.abort();
    child.kill('SIGKILL');
  };
  let timer = setTimeout(kill, limit * 1000);
  let [text, stderr] = ['', ''];
  (child.stdio[3] as Readable).setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    clearTimeout(timer);
    timer = setTimeout(kill, limit * 1000);
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-4096);
  });
  try {
    const [status, signal] = (await once(child, 'close')) as [number | null, string | null];
    const events = parseEvents(text);
    const ending = { status, signal, limit: hanging.signal.aborted ? limit : undefined, stderr };
    const failure = blame(events, ending);
    if (failure !== undefined) {
      onFailure(failure);
    } else if (events.at(-1)?.event !== 'done' && events.at(-1)?.event !== 'not-loaded') {
      throw new Error(
        `the process that tries the library ended with ${String(signal ?? status)}: ${stderr.trim()}`,
      );
    }
    return events;
  } finally {
    clearTimeout(timer);
  }
}
