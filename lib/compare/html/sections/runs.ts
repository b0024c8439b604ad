import type { Comparison, Run } from '../../document/index.js';
import { html, type Markup } from '../markup/template.js';
import type { Series } from '../plot/series.js';
import { name } from './name.js';
import { columnsFor, type Column } from './run-columns.js';
import { scrollable } from './scrollable.js';

/** What everything above was made of. */
export function runsSection({ plan }: Comparison, all: readonly Series[]): Markup {
  const runs = all.flatMap(({ candidate }) => candidate.runs);
  const columns = columnsFor(runs, plan);
  const table = html`<table class="runs">
    <thead>
      <tr>
        <th scope="col">Candidate</th>
        ${columns.map(({ title }) => html`<th scope="col" class="number">${title}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${all.map((series) => series.candidate.runs.map((run, index) => row(series, run, index, columns)))}
    </tbody>
  </table>`;
  return html`<section aria-labelledby="runs">
    <h2 id="runs">All runs</h2>
    ${
      runs.length === 0
        ? html`<p>No run ended as it should.</p>`
        : html`<details>
            <summary>The figures of ${runs.length} runs</summary>
            ${scrollable('The figures of all runs', table)}
          </details>`
    }
    <p class="aside">
      This page carries the whole comparison, every sample included, as JSON: the content of its
      element <code>script#comparison</code>.
    </p>
  </section>`;
}

function row(series: Series, run: Run, index: number, columns: readonly Column[]): Markup {
  const path = ['candidates', series.index, 'runs', index];
  return html`<tr>
    <th scope="row">${name({ ...series, role: 'other' })}</th>
    ${columns.map(({ cell }) => html`<td class="number">${cell(run, path)}</td>`)}
  </tr>`;
}
