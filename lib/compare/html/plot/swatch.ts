import { html, type Markup } from '../markup/template.js';

/** A piece of a candidate's line, to stand before its name. */
export function swatch(look: string): Markup {
  return html`<svg class="swatch ${look}" viewBox="0 0 22 8" aria-hidden="true">
    <path class="curve" d="M1 4H21" />
  </svg>`;
}
