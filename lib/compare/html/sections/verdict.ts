import { metricNames, type Comparison, type MetricName } from '../../document/index.js';
import { differenceOf, intervalOf } from '../figures/difference.js';
import { figure } from '../figures/figure.js';
import { percent } from '../figures/format.js';
import { metricTexts } from '../figures/metrics.js';
import { html, type Markup } from '../markup/template.js';
import type { Series } from '../plot/series.js';
import { copyable } from './copyable.js';

export function verdictSection({ verdict }: Comparison, all: readonly Series[]): Markup {
  const { recommendation, sentence, line } = verdict;
  const kind = recommendation === null ? 'unknown' : line === null ? 'keep' : 'change';
  const recommended = all.find(({ role }) => role === 'recommended');
  return html`<section class="verdict ${kind}" aria-labelledby="verdict">
    <h2 id="verdict">Verdict</h2>
    <p class="sentence">${sentence}</p>
    ${line === null ? null : copyable(line)} ${confidence(verdict)}
    ${recommended === undefined ? null : keyFigures(recommended, all)}
  </section>`;
}

function confidence({ confidence: share }: Comparison['verdict']): Markup | null {
  if (share === null) return null;
  return html`<p class="aside">
    This recommendation came out in ${figure(share, percent, 'verdict', 'confidence')} of the
    resamplings of the runs.
  </p>`;
}

/** What the recommended candidate changes, at a glance. */
function keyFigures(series: Series, all: readonly Series[]): Markup | null {
  const baseline = all.find(({ role }) => role === 'baseline');
  const figures = metricNames
    .map((metric) => keyFigure(metric, series, baseline))
    .filter((each) => each !== null);
  return figures.length === 0 ? null : html`<dl class="key-figures">${figures}</dl>`;
}

function keyFigure(metric: MetricName, series: Series, baseline: Series | undefined) {
  const outcome = series.candidate.outcomes[metric];
  const before = baseline?.candidate.outcomes[metric];
  if (outcome?.difference == null || baseline === undefined || before === undefined) return null;
  const { title, format } = metricTexts[metric];
  const medianOf = (candidate: number, value: number) =>
    figure(value, format, 'candidates', candidate, 'outcomes', metric, 'median');
  return html`<div>
    <dt>${title}</dt>
    <dd class="main">${differenceOf(outcome.difference, metric, series.index)}</dd>
    <dd class="aside">
      ${medianOf(baseline.index, before.median)} → ${medianOf(series.index, outcome.median)}
    </dd>
    <dd class="aside">${intervalOf(outcome.difference, metric, series.index)}</dd>
  </div>`;
}
