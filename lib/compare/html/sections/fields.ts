import { html, type Content, type Markup } from '../markup/template.js';

/** A list of names and values; those without a value are left out. */
export function fields(entries: readonly (readonly [name: string, value: Content])[]): Markup {
  return html`<dl class="fields">
    ${entries.map(([name, value]) =>
      value === null
        ? null
        : html`<dt>${name}</dt>
            <dd>${value}</dd>`,
    )}
  </dl>`;
}
