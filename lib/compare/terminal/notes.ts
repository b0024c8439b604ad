import type { Comparison } from '../document/index.js';
import { fewestRuns } from '../statistics/index.js';

/** What the reader must know of the figures before believing them; sentences. */
export function notes({ candidates, complete, plan, environment }: Comparison): string[] {
  const working = candidates.filter(({ failure }) => failure === null);
  const fewest = Math.min(...working.map(({ runs }) => runs.length));
  const rounds = `${String(fewest)} of ${String(plan.rounds)} rounds`;
  const short = working.length > 0 && fewest < plan.rounds;
  const { before } = environment.loadAverage;
  return [
    ...(complete ? [] : [`Interrupted${short ? ` after ${rounds}` : ''}: figures until then.`]),
    ...(complete && short ? [`Only ${rounds} were run.`] : []),
    ...(working.length > 0 && fewest < fewestRuns
      ? [`With fewer than ${String(fewestRuns)} runs of each, no difference is told from noise.`]
      : []),
    ...ofLoad(candidates, plan.load),
    ...ofChildren(candidates),
    // One of ours runs at a time; whatever ran before shares caches and cores with it.
    ...(before > environment.cores / 2
      ? [`The machine was busy with something else before (load ${before.toFixed(1)}).`]
      : []),
  ];
}

function ofLoad(candidates: Comparison['candidates'], load: string | null): string[] {
  if (load === null) return [];
  const runs = candidates.flatMap((candidate) => candidate.runs);
  const failed = candidates.filter((candidate) =>
    candidate.runs.some((run) => (run.load?.errors ?? 0) > 0),
  );
  const unread = runs.length > 0 && runs.every((run) => run.load === null);
  return [
    ...(unread ? ['The load generator printed no figures that could be read.'] : []),
    ...(failed.length === 0
      ? []
      : [`Some requests failed on: ${failed.map(({ name }) => name).join(', ')}.`]),
  ];
}

/** With `--inherit node`, a child that is not Node keeps the malloc it has. */
function ofChildren(candidates: Comparison['candidates']): string[] {
  const beside = candidates.filter(({ runs }) => runs.some((run) => !run.largestOnCandidate));
  if (beside.length === 0) return [];
  return [
    'The process that held most memory was not on the allocator, being no Node: --inherit all puts every child on it.',
  ];
}
