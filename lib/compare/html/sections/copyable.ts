import { html, type Markup } from '../markup/template.js';

/** A line to be copied. The script shows the button: without it, it would do nothing. */
export function copyable(line: string): Markup {
  return html`<div class="copyable">
    <pre><code>${line}</code></pre>
    <button type="button" hidden>Copy</button>
  </div>`;
}
