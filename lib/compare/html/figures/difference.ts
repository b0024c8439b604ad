import type { Difference, MetricName } from '../../document/index.js';
import { higherIsBetter } from '../../figures/labels.js';
import { html, type Markup } from '../markup/template.js';
import { figure } from './figure.js';
import { change, changeWithoutUnit } from './format.js';

/** A difference inside the noise is none: then only its interval is a figure. */
export function differenceOf(
  difference: Difference,
  metric: MetricName,
  candidate: number,
): Markup {
  const { relative, distinct } = difference;
  const path = [...pathOf(metric, candidate), 'relative'];
  if (!distinct) return html`<span class="noise">in the noise</span>`;
  const better = relative > 0 === higherIsBetter(metric);
  return html`<span class="${better ? 'better' : 'worse'}"
    >${figure(relative, change, ...path)}</span
  >`;
}

/** `(−48.1 to −41.3 %)` */
export function intervalOf(
  { interval: [low, high] }: Difference,
  metric: MetricName,
  candidate: number,
): Markup {
  const path = [...pathOf(metric, candidate), 'interval'];
  return html`<span class="interval"
    >(${figure(low, changeWithoutUnit, ...path, 0)} to ${figure(high, change, ...path, 1)})</span
  >`;
}

function pathOf(metric: MetricName, candidate: number): (string | number)[] {
  return ['candidates', candidate, 'outcomes', metric, 'difference'];
}
