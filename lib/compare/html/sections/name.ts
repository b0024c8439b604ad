import { html, type Markup } from '../markup/template.js';
import { swatch } from '../plot/swatch.js';
import type { Series } from '../plot/series.js';

/** How a candidate is named in tables and captions. */
export function name({ candidate, look, role }: Series): Markup {
  return html`<span class="name">${swatch(look)}<span>${candidate.name}${tag(role)}</span></span>`;
}

function tag(role: Series['role']): Markup | null {
  if (role === 'other') return null;
  return html` <span class="tag ${role}">${role}</span>`;
}
