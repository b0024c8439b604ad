import type { LoadedLibrary } from '../native/addon.js';
import { AllomorphError } from '../errors/error.js';
import { blame, howEnded, type Ending } from './ending.js';
import type { ChildRequest } from './protocol.js';
import type { RuleResult } from './report.js';
import type { RuleId } from './rule.js';
import { runChild } from './run-child.js';
import { rules } from './rules/index.js';

/** The results by rule; or why the library could not be loaded. */
export type Supervised =
  { readonly results: readonly RuleResult[] } | { readonly notLoaded: LoadedLibrary };

/**
 * Tries a library in child processes: one for all rules, and after a crash or a hang, for which the
 * rule in progress is blamed, another one for the rest.
 * @param limit seconds that one rule may take
 */
export async function supervise(
  request: Omit<ChildRequest, 'nonce'>,
  limit: number,
): Promise<Supervised> {
  const results = new Map<RuleId, RuleResult>();
  const wanted = request.only ?? rules.map(({ id }) => id);
  for (;;) {
    const only = wanted.filter((id) => !results.has(id));
    const { events, ending } = await runChild({ ...request, only }, limit, 'rule');
    for (const event of events) {
      if (event.event === 'not-loaded') return { notLoaded: event.library };
      if (event.event === 'end') results.set(event.result.id, event.result);
    }
    const failure = blame(events, ending);
    if (failure !== undefined) {
      results.set(failure.id, failure);
    } else if (events.at(-1)?.event !== 'done') {
      throw noResult(request.path, ending, limit);
    }
    const isLoaded = results.get('load')?.outcome === 'passed';
    if (!isLoaded || wanted.every((id) => results.has(id)))
      return { results: [...results.values()] };
  }
}

function noResult(path: string, ending: Ending, limit: number): AllomorphError {
  const isLate = ending.limit !== undefined;
  return new AllomorphError(
    'ERR_ALLOMORPH_SYSTEM',
    `${path} could not be tried: the process that does it ` +
      (isLate
        ? `did not get as far as the next rule within ${String(limit)} s. Give it more time: --timeout, in seconds.`
        : howEnded(ending)),
    { path, ...(isLate ? { seconds: limit } : {}) },
  );
}
