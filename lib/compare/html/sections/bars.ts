import type { MetricName, Outcome } from '../../document/index.js';
import { differenceOf, intervalOf } from '../figures/difference.js';
import { figure } from '../figures/figure.js';
import { metricTexts } from '../figures/metrics.js';
import { higherIsBetter } from '../../figures/labels.js';
import { html, type Markup } from '../markup/template.js';
import { bar } from '../plot/bar.js';
import type { Series } from '../plot/series.js';
import { name } from './name.js';

/** What the tables of bars have in common is said once, before them. */
export function barsNote(baseline: string): Markup {
  return html`<p class="note">
    Bar: median of the runs. Whisker: first to third quartile. Strokes below: the single runs.
    Difference: of the medians, to ${baseline}, which is the dotted line; in brackets its 95%
    bootstrap confidence interval. Hollow bar: the difference is inside the noise, and not to be
    counted.
  </p>`;
}

/** A table for each metric that was measured; null when none was. */
export function barTables(metrics: readonly MetricName[], all: readonly Series[]): Markup | null {
  const measured = metrics.filter((metric) =>
    all.some(({ candidate }) => candidate.outcomes[metric] !== undefined),
  );
  if (measured.length === 0) return null;
  return html`<div class="metrics">${measured.map((metric) => barTable(metric, all))}</div>`;
}

function barTable(metric: MetricName, all: readonly Series[]): Markup {
  const { title, meaning } = metricTexts[metric];
  const better = higherIsBetter(metric) ? 'more is better' : 'less is better';
  const rows = all.flatMap((series) => {
    const outcome = series.candidate.outcomes[metric];
    return outcome === undefined ? [] : [{ series, outcome }];
  });
  const most = Math.max(...rows.map(({ outcome }) => outcome.max));
  const reference = rows.find(({ series }) => series.role === 'baseline')?.outcome.median ?? null;
  return html`<table class="bars" data-metric="${metric}">
    <caption>
      <strong>${title}</strong>
      ${meaning}; ${better}
    </caption>
    <thead>
      <tr>
        <th scope="col">Candidate</th>
        <th scope="col">Runs</th>
        <th scope="col" class="number">Median</th>
        <th scope="col" class="number">Difference</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(({ series, outcome }) => row(metric, series, outcome, most, reference))}
    </tbody>
  </table>`;
}

function row(
  metric: MetricName,
  series: Series,
  outcome: Outcome,
  most: number,
  reference: number | null,
): Markup {
  const { candidate, look, index } = series;
  const { format } = metricTexts[metric];
  return html`<tr class="${series.role}">
    <th scope="row">${name(series)}</th>
    <td class="picture">
      ${bar({ name: candidate.name, look, outcome, most, reference, format })}
    </td>
    <td class="number">
      ${figure(outcome.median, format, 'candidates', index, 'outcomes', metric, 'median')}
    </td>
    <td class="number">${difference(metric, outcome, index)}</td>
  </tr>`;
}

function difference(metric: MetricName, { difference: of }: Outcome, index: number): Markup | null {
  if (of === null) return null;
  return html`${differenceOf(of, metric, index)} ${intervalOf(of, metric, index)}`;
}
