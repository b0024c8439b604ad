import type { Comparison } from '../../document/index.js';
import { quote } from '../../../support/shell.js';
import { figure } from '../figures/figure.js';
import { count } from '../figures/format.js';
import { durationFigure } from '../figures/duration.js';
import { html, type Markup } from '../markup/template.js';

export function header(comparison: Comparison): Markup {
  const { command, startedAt, seconds, candidates, plan, environment } = comparison;
  return html`<header>
    <p class="eyebrow">allomorph compare</p>
    <h1><code>${command.map(quote).join(' ')}</code></h1>
    <p class="meta">
      <time datetime="${startedAt}">${minute(startedAt)}</time>
      <span
        >${figure(candidates.length, count, 'candidates', 'length')}
        ${candidates.length === 1 ? 'candidate' : 'candidates'}</span
      >
      <span
        >${figure(plan.rounds, count, 'plan', 'rounds')}
        ${plan.rounds === 1 ? 'round' : 'rounds'}</span
      >
      <span>took ${durationFigure(seconds, 'seconds')}</span>
      <span>Node ${environment.node.replace(/^v/, '')}</span>
      <span>${environment.cpu}</span>
    </p>
    ${comparison.complete ? null : interrupted(comparison)}
  </header>`;
}

function interrupted({ candidates }: Comparison): Markup {
  const runs = candidates.map((candidate) => candidate.runs.length);
  const [fewest, most] = runs.length === 0 ? [0, 0] : [Math.min(...runs), Math.max(...runs)];
  const number = fewest === most ? String(most) : `${String(fewest)} to ${String(most)}`;
  return html`<p class="notice">
    <strong>Interrupted.</strong> This is what was measured until then: ${number}
    ${most === 1 ? 'run' : 'runs'} of each candidate.
  </p>`;
}

/** `2026-03-01T14:03:11.000Z` → `2026-03-01 14:03 UTC`; as it is where it is something else. */
function minute(iso: string): string {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):[\d.]+Z$/.exec(iso) ?? [];
  return day === undefined || time === undefined ? iso : `${day} ${time} UTC`;
}
