import type { Comparison } from '../../document/index.js';
import { programMetrics } from '../figures/metrics.js';
import { html, type Markup } from '../markup/template.js';
import type { Series } from '../plot/series.js';
import { barsNote, barTables } from './bars.js';

export function metricsSection({ baseline }: Comparison, all: readonly Series[]): Markup | null {
  const tables = barTables(programMetrics, all);
  if (tables === null) return null;
  return html`<section aria-labelledby="metrics">
    <h2 id="metrics">Memory and time</h2>
    ${barsNote(baseline)} ${tables}
  </section>`;
}
