import { stripVTControlCharacters } from 'node:util';
import type { Comparison, Failure } from '../../document/index.js';
import { figure } from '../figures/figure.js';
import { count } from '../figures/format.js';
import { html, type Markup } from '../markup/template.js';

export function failuresSection({ candidates }: Comparison): Markup | null {
  const failures = candidates.flatMap(({ name, failure }, index) =>
    failure === null ? [] : [article(name, failure, index)],
  );
  if (failures.length === 0) return null;
  return html`<section aria-labelledby="failures">
    <h2 id="failures">Failures</h2>
    <p class="note">A candidate that fails is not run again.</p>
    ${failures}
  </section>`;
}

function article(name: string, failure: Failure, index: number): Markup {
  const { kind, reason, round, exitCode, signal, lastOutput } = failure;
  const path = ['candidates', index, 'failure'];
  // Colours and cursor movements mean nothing here.
  const output = stripVTControlCharacters(lastOutput).trimEnd();
  return html`<article class="failure">
    <h3>${name} <span class="tag failed">${kind}</span></h3>
    <p>${reason}</p>
    <p class="aside">
      ${round === 0 ? 'In the warm-up' : html`In round ${figure(round, count, ...path, 'round')}`}${exitCode === null ? null : html`, exit status ${figure(exitCode, count, ...path, 'exitCode')}`}${signal === null ? null : `, signal ${signal}`}.
      ${output === '' ? 'It wrote nothing.' : 'The end of what it wrote:'}
    </p>
    ${output === '' ? null : html`<pre class="output" tabindex="0">${output}</pre>`}
  </article>`;
}
