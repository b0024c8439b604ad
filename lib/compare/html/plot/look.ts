import type { CandidateResult } from '../../document/index.js';

/** How many of each the styles define. */
const hues = 7;
const dashes = 4;

/**
 * The classes of each candidate: the hue tells the allocator, the dashes its configuration. The
 * baseline is grey; it and the recommended one are solid.
 */
export function looksOf(
  candidates: readonly CandidateResult[],
  recommendation: string | null,
): readonly string[] {
  const families: string[] = [];
  const looks = new Map<CandidateResult, string>();
  const taken = new Set<string>();
  for (const candidate of byImportance(candidates, recommendation)) {
    const family = candidate.allocator ?? candidate.name;
    if (!candidate.baseline && !families.includes(family)) families.push(family);
    const look = candidate.baseline ? 'hue-0 dash-0' : firstFree(families.indexOf(family), taken);
    taken.add(look);
    looks.set(candidate, look);
  }
  return candidates.map((candidate) => looks.get(candidate) ?? '');
}

/** Those that are drawn come before those that are only named. */
function byImportance(candidates: readonly CandidateResult[], recommendation: string | null) {
  const rank = ({ name, runs }: CandidateResult) =>
    name === recommendation ? 0 : runs.length > 0 ? 1 : 2;
  return [...candidates].sort((a, b) => rank(a) - rank(b));
}

/** In the family's hue, or, when its dashes are used up, in the next; at last they come again. */
function firstFree(family: number, taken: ReadonlySet<string>): string {
  const all = Array.from({ length: hues * dashes }, (_, index) => {
    const hue = 1 + ((family + Math.floor(index / dashes)) % hues);
    return `hue-${String(hue)} dash-${String(index % dashes)}`;
  });
  return all.find((look) => !taken.has(look)) ?? all[0] ?? '';
}
