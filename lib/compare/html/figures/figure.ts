import { html, type Markup } from '../markup/template.js';
import type { Format } from './format.js';

/**
 * A figure that can be checked: it carries its exact value, and where that stands in the JSON of
 * the page (as a JSON pointer).
 */
export function figure(value: number, format: Format, ...path: (string | number)[]): Markup {
  return html`<data value="${value}" data-of="${pointer(path)}">${format(value)}</data>`;
}

/** The same for what may not have been measured or asked for. */
export function figureOrDash(
  value: number | null,
  format: Format,
  ...path: (string | number)[]
): Markup {
  return value === null ? dash : figure(value, format, ...path);
}

export const dash = html`<span class="none">–</span>`;

function pointer(path: readonly (string | number)[]): string {
  return path.map((step) => `/${String(step).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('');
}
