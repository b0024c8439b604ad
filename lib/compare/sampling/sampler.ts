import { descendants } from './process-tree.js';
import { residentBytes, walkPageTables } from './process-memory.js';
import type { Sample } from './series.js';

/** At most this share of the time goes into walks through page tables. */
const walkShare = 0.005;
/** At most this share goes into all the rest. */
const lookShare = 0.02;
/** Seconds between two searches for new descendants. */
const treeInterval = 0.1;

export interface Sampler {
  /** Looks once more, page tables included, whatever that costs: the program is about to be stopped. */
  finish(): void;
  /** Ends the looking, and returns what was seen. */
  stop(): readonly Sample[];
}

/**
 * Looks at the memory of the descendants of a process from outside.
 * @param root a process that is not counted itself: the supervisor
 * @param interval seconds between two looks; longer when a look takes long
 */
export function startSampler(root: number, interval: number): Sampler {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const series: Sample[] = [];
  let [tree, treeAt, walkAt] = [[] as number[], -Infinity, 0];

  const look = (walk: boolean): void => {
    const at = seconds();
    if (at - treeAt >= treeInterval || tree.length === 0) {
      tree = descendants(root);
      treeAt = at;
    }
    const sample = total(tree, walk, at);
    if (walk) walkAt = seconds() + (seconds() - at) / walkShare;
    if (sample !== undefined) series.push(sample);
  };

  let timer: NodeJS.Timeout;
  const next = (): void => {
    const before = seconds();
    // At the very start there is nothing to see yet but the loading of the program.
    const walk = before >= walkAt && before > interval;
    look(walk);
    const took = walk ? 0 : seconds() - before;
    timer = setTimeout(next, Math.max(interval, took / lookShare) * 1000);
  };
  next();

  return {
    finish: () => {
      look(true);
    },
    stop: () => {
      clearTimeout(timer);
      return series;
    },
  };
}

/** Undefined: none of them is there any more. */
function total(pids: readonly number[], walk: boolean, seconds: number): Sample | undefined {
  let [rss, pss, anonHugePages, processes] = [0, 0, 0, 0];
  let walked = walk;
  for (const pid of pids) {
    const tables = walk ? walkPageTables(pid) : undefined;
    const resident = tables?.rss ?? residentBytes(pid);
    if (resident === undefined) continue;
    processes += 1;
    rss += resident;
    pss += tables?.pss ?? 0;
    anonHugePages += tables?.anonHugePages ?? 0;
    walked &&= tables !== undefined;
  }
  if (processes === 0) return undefined;
  return walked
    ? { seconds, rss, pss, anonHugePages, processes }
    : { seconds, rss, pss: null, anonHugePages: null, processes };
}
