import type { Comparison } from '../../document/index.js';
import { differenceOf } from '../figures/difference.js';
import { figure } from '../figures/figure.js';
import { megabytes } from '../figures/format.js';
import { html, type Markup } from '../markup/template.js';
import { axesFor } from '../plot/axes.js';
import { overviews } from '../plot/overview.js';
import { panel, panelFrame } from '../plot/panel.js';
import type { Series } from '../plot/series.js';
import { swatch } from '../plot/swatch.js';
import { name } from './name.js';

export function memorySection({ baseline }: Comparison, all: readonly Series[]): Markup {
  const drawn = all.filter(({ points }) => points.length > 0);
  return html`<section aria-labelledby="memory">
    <h2 id="memory">Resident memory over time</h2>
    ${drawn.length === 0 ? html`<p>No run was long enough to be looked at.</p>` : plots(drawn, baseline)}
  </section>`;
}

function plots(drawn: readonly Series[], baseline: string): Markup {
  const title = `Resident memory over time, median of the runs of: ${drawn
    .map(({ candidate }) => candidate.name)
    .join(', ')}`;
  return html` <p class="note">
      Line: median of the runs, for as long as more than half of them were going on. Band: from the
      lowest to the highest sample of all runs; in the first plot only for the baseline and the
      recommended candidate.
    </p>
    <figure>${legend(drawn)} ${overviews(drawn, title)}</figure>
    ${drawn.length < 2 ? null : panels(drawn, baseline)}`;
}

function legend(drawn: readonly Series[]): Markup {
  return html`<figcaption class="legend">
    ${drawn.map(({ candidate, look, role }) => html`<span class="${role}">${swatch(look)}${candidate.name}</span>`)}
  </figcaption>`;
}

function panels(drawn: readonly Series[], baselineName: string): Markup {
  const baseline = drawn.find(({ role }) => role === 'baseline') ?? null;
  const axes = axesFor(drawn, panelFrame);
  return html`<h3>
      Each candidate${baseline === null ? null : html`, with ${baselineName} in grey behind it`}
    </h3>
    <div class="panels">
      ${drawn.map(
        (series) =>
          html`<figure>
            <figcaption>${name(series)} ${peak(series)}</figcaption>
            ${panel(series, baseline, axes)}
          </figure>`,
      )}
    </div>`;
}

function peak({ candidate, index }: Series): Markup | null {
  const outcome = candidate.outcomes.peakRssBytes;
  if (outcome === undefined) return null;
  const median = figure(
    outcome.median,
    megabytes,
    'candidates',
    index,
    'outcomes',
    'peakRssBytes',
    'median',
  );
  const { difference } = outcome;
  const compared =
    difference === null ? null : html`, ${differenceOf(difference, 'peakRssBytes', index)}`;
  return html`<span class="aside">peak ${median}${compared}</span>`;
}
