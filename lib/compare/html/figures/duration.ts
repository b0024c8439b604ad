import { html, type Markup } from '../markup/template.js';
import { figure } from './figure.js';
import { seconds as inSeconds } from './format.js';

/** Of what may last hours: the exact seconds, and minutes where nobody counts in seconds. */
export function durationFigure(seconds: number, ...path: (string | number)[]): Markup {
  const exact = figure(seconds, inSeconds, ...path);
  return seconds < 120 ? exact : html`${exact} <span class="aside">(${clock(seconds)})</span>`;
}

/** `754` → `12:34` */
function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => String(part).padStart(index === 0 ? 1 : 2, '0')).join(':');
}
