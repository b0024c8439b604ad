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
    // One of ours runs at a time; whatever ran before shares caches and cores with it.
    ...(before > environment.cores / 2
      ? [`The machine was busy with something else before (load ${before.toFixed(1)}).`]
      : []),
  ];
}
