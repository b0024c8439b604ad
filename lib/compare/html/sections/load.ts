import type { Comparison } from '../../document/index.js';
import { figure } from '../figures/figure.js';
import { count } from '../figures/format.js';
import { loadMetrics } from '../figures/metrics.js';
import { html, type Markup } from '../markup/template.js';
import type { Series } from '../plot/series.js';
import { barTables } from './bars.js';

/** Absent when there was no load, or its figures could not be read. */
export function loadSection({ plan }: Comparison, all: readonly Series[]): Markup | null {
  const tables = barTables(loadMetrics, all);
  if (tables === null) return null;
  const generators = new Set(
    all.flatMap(({ candidate }) => candidate.runs.flatMap((run) => run.load?.generator ?? [])),
  );
  return html`<section aria-labelledby="load">
    <h2 id="load">Under load</h2>
    <p>
      ${plan.load === null ? null : html`<code>${plan.load}</code>, `}read as
      ${[...generators].join(', ')}.
    </p>
    <p class="note">Drawn as under <a href="#metrics">Memory and time</a>.</p>
    ${tables} ${errors(all)}
  </section>`;
}

/** An allocator that makes requests fail is not faster for it. */
function errors(all: readonly Series[]): Markup {
  const found = all.flatMap(({ candidate, index }) =>
    candidate.runs.flatMap(({ load, round }, run) =>
      load === null || load.errors === 0
        ? []
        : [
            html`<li>
              ${candidate.name}, round
              ${figure(round, count, 'candidates', index, 'runs', run, 'round')}:
              ${figure(load.errors, count, 'candidates', index, 'runs', run, 'load', 'errors')}
              errors
            </li>`,
          ],
    ),
  );
  if (found.length === 0) return html`<p class="aside">No request failed.</p>`;
  return html`<h3>Failed requests</h3>
    <ul>
      ${found}
    </ul>`;
}
