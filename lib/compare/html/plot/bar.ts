import type { Outcome } from '../../document/index.js';
import { html, type Markup } from '../markup/template.js';
import type { Format } from '../figures/format.js';

/** What one bar shows; the bars of a table have the same `most`, where they reach the end. */
export interface Bar {
  readonly name: string;
  readonly look: string;
  readonly outcome: Outcome;
  readonly most: number;
  /** Where the bar of the baseline ends; null: nothing to compare with. */
  readonly reference: number | null;
  readonly format: Format;
}

/** As wide as its cell: only widths are scaled, strokes are not. */
export function bar({ name, look, outcome, most, reference, format }: Bar): Markup {
  const { median, quartiles, values, difference } = outcome;
  const at = (value: number) => (most > 0 ? Math.round((value / most) * 98e2) / 100 : 0);
  const [low, high] = [at(quartiles[0]), at(quartiles[1])];
  const noise = difference !== null && !difference.distinct;
  const text = `${name}: median ${format(median)}, quartiles ${format(quartiles[0])} and ${format(quartiles[1])}`;
  return html`<svg
    class="bar ${look}${noise ? ' noise' : null}"
    viewBox="0 0 100 24"
    preserveAspectRatio="none"
    role="img"
    aria-label="${text}"
  >
    <title>${text}</title>
    <rect x="0" y="3" width="${at(median)}" height="12" />
    ${reference === null ? null : html`<path class="reference" d="M${at(reference)} 0V24" />`}
    <path class="whisker" d="M${low} 9H${high}M${low} 5.5V12.5M${high} 5.5V12.5" />
    <path class="runs" d="${values.map((value) => `M${String(at(value))} 18V22`).join('')}" />
  </svg>`;
}
