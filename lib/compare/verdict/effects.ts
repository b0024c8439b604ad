import type { CandidateResult, MetricName } from '../document/index.js';
import { percent, digits, unitFor } from '../figures/format.js';
import { higherIsBetter, labels } from '../figures/labels.js';

/** What a candidate does to the baseline's figures, in words; each list may be empty. */
export interface Effects {
  /** `last RSS 38% lower (129 → 80.1 MB)`, the largest first. */
  readonly savings: readonly string[];
  readonly costs: readonly string[];
  /** `peak RSS`: measured, and inside the noise. */
  readonly none: readonly string[];
}

export function effectsOf(
  { outcomes }: CandidateResult,
  baseline: CandidateResult,
  wallCounts: boolean,
): Effects {
  const savings: Effect[] = [];
  const costs: Effect[] = [];
  const none: string[] = [];
  for (const metric of Object.keys(labels) as MetricName[]) {
    const outcome = outcomes[metric];
    const before = baseline.outcomes[metric];
    if (!outcome?.difference || !before || (metric === 'wallSeconds' && !wallCounts)) continue;
    const { relative, distinct } = outcome.difference;
    if (!distinct) {
      none.push(labels[metric]);
      continue;
    }
    const list = relative > 0 === higherIsBetter(metric) ? savings : costs;
    list.push({ relative, text: effectText(metric, relative, before.median, outcome.median) });
  }
  return { savings: largestFirst(savings), costs: largestFirst(costs), none };
}

interface Effect {
  readonly relative: number;
  readonly text: string;
}

function effectText(metric: MetricName, relative: number, before: number, after: number): string {
  const { scale, name } = unitFor(metric, [before, after]);
  const values = `${digits(before / scale)} → ${digits(after / scale)}`;
  const unit = metric === 'requestsPerSecond' ? '' : ` ${name}`; // its label says it
  const direction = relative > 0 ? 'higher' : 'lower';
  return `${labels[metric]} ${percent(relative)} ${direction} (${values}${unit})`;
}

function largestFirst(effects: Effect[]): string[] {
  const size = ({ relative }: Effect) => Math.abs(Math.log1p(Math.max(relative, -1 + 1e-9)));
  return effects.sort((left, right) => size(right) - size(left)).map(({ text }) => text);
}
