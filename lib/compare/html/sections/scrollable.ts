import { html, type Markup } from '../markup/template.js';

/** Wide tables move inside their frame; the focus lets the keyboard do it too. */
export function scrollable(label: string, table: Markup): Markup {
  return html`<div class="scrollable" role="region" aria-label="${label}" tabindex="0">
    ${table}
  </div>`;
}
