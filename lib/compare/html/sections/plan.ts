import type { Comparison } from '../../document/index.js';
import { durationFigure } from '../figures/duration.js';
import { figure } from '../figures/figure.js';
import { count, milliseconds } from '../figures/format.js';
import { html, type Markup } from '../markup/template.js';
import { fields } from './fields.js';

export function planSection({ plan }: Comparison): Markup {
  const { rounds, duration, ready, load, idle, timeout, sampleInterval } = plan;
  const time = (value: number | null, name: string) =>
    value === null ? null : durationFigure(value, 'plan', name);
  return html`<section aria-labelledby="plan">
    <h2 id="plan">Plan</h2>
    <p class="note">
      Each round runs every candidate once, so that what changes on the machine meets all of them.
    </p>
    ${fields([
      ['Rounds', figure(rounds, count, 'plan', 'rounds')],
      ['Ready when', ready === null ? null : html`<code>${ready}</code>`],
      ['Load', load === null ? null : html`<code>${load}</code>`],
      ['Stopped after', time(duration, 'duration') ?? (load === null ? 'its own end' : null)],
      ['Idle time', time(idle, 'idle')],
      ['Time limit of a run', time(timeout, 'timeout')],
      ['Memory looked at every', figure(sampleInterval, milliseconds, 'plan', 'sampleInterval')],
    ])}
  </section>`;
}
