import { html, type Markup } from '../markup/template.js';
import { dash } from '../figures/figure.js';
import type { Series } from '../plot/series.js';
import { name } from './name.js';

/** What each candidate is, so that it can be had again. */
export function candidatesSection(all: readonly Series[]): Markup {
  const table = html`<table class="candidates">
    <thead>
      <tr>
        <th scope="col">Candidate</th>
        <th scope="col">Allocator</th>
        <th scope="col">Library, settings</th>
      </tr>
    </thead>
    <tbody>
      ${all.map(row)}
    </tbody>
  </table>`;
  return html`<section aria-labelledby="candidates">
    <h2 id="candidates">Candidates</h2>
    ${table}
  </section>`;
}

function row(series: Series): Markup {
  const { allocator, verified, runs } = series.candidate;
  const proof = runs.length === 0 ? 'never ran' : verified ? 'proven in every run' : 'not proven';
  return html`<tr class="${series.role}">
    <th scope="row">${name(series)}</th>
    <td>${allocator ?? dash}<small>${proof}</small></td>
    <td>${recipe(series)}</td>
  </tr>`;
}

function recipe({
  candidate: { library, settings, line, baseline, failure },
}: Series): readonly Markup[] {
  const variables = Object.entries(settings).map(
    ([variable, value]) => html`<code>${variable}=${value}</code>`,
  );
  return [
    ...(library === null ? [] : [html`<code>${library}</code>`]),
    ...variables,
    ...(line === null || failure !== null
      ? []
      : [html`<small>to put it in effect</small> <code>${line}</code>`]),
    ...(baseline ? [html`<small>in effect already</small>`] : []),
  ];
}
