import { metricNames, type Comparison, type MetricName } from '../../document/index.js';
import { differenceOf } from '../figures/difference.js';
import { dash, figure } from '../figures/figure.js';
import { count } from '../figures/format.js';
import { metricTexts } from '../figures/metrics.js';
import { html, type Markup } from '../markup/template.js';
import type { Series } from '../plot/series.js';
import { name } from './name.js';
import { scrollable } from './scrollable.js';

export function summarySection({ plan }: Comparison, all: readonly Series[]): Markup {
  const measured = metricNames.filter((metric) =>
    all.some(({ candidate }) => candidate.outcomes[metric] !== undefined),
  );
  const table = html`<table class="summary">
    <thead>
      <tr>
        <th scope="col">Candidate</th>
        <th scope="col" class="number">Runs</th>
        ${measured.map((metric) => html`<th scope="col" class="number">${metricTexts[metric].title}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${all.map((series) => row(series, measured, plan.rounds))}
    </tbody>
  </table>`;
  return html`<section aria-labelledby="summary">
    <h2 id="summary">Summary</h2>
    <p class="note">Medians of the runs, and the difference to the baseline.</p>
    ${scrollable('Summary of all candidates', table)}
  </section>`;
}

function row(series: Series, measured: readonly MetricName[], rounds: number): Markup {
  const { candidate, index, role } = series;
  const runs = figure(candidate.runs.length, count, 'candidates', index, 'runs', 'length');
  const state =
    candidate.failure !== null
      ? html`<span class="aside">failed</span>`
      : candidate.runs.length < rounds
        ? html`<span class="aside">of ${figure(rounds, count, 'plan', 'rounds')}</span>`
        : null;
  return html`<tr class="${role}">
    <th scope="row">${name(series)}</th>
    <td class="number">${runs} ${state}</td>
    ${measured.map((metric) => html`<td class="number">${cell(metric, series)}</td>`)}
  </tr>`;
}

function cell(metric: MetricName, { candidate, index }: Series): Markup {
  const outcome = candidate.outcomes[metric];
  if (outcome === undefined) return dash;
  const { median, difference } = outcome;
  const path = ['candidates', index, 'outcomes', metric, 'median'];
  const compared =
    difference === null ? null : html`<small>${differenceOf(difference, metric, index)}</small>`;
  return html`${figure(median, metricTexts[metric].format, ...path)}${compared}`;
}
