import { html, type Markup } from '../markup/template.js';
import { drawAxes, type Axes, type Frame } from './axes.js';
import { bandPath, medianPath } from './path.js';
import type { Series } from './series.js';

export const panelFrame: Frame = {
  width: 320,
  height: 190,
  top: 22,
  right: 8,
  bottom: 38,
  left: 44,
  ticks: { x: 4, y: 4 },
};

/** One candidate with its band, and the baseline behind it. */
export function panel(series: Series, baseline: Series | null, axes: Axes): Markup {
  const { candidate, look, index, points } = series;
  const id = `panel-${String(index)}`;
  const behind = baseline === null || baseline === series ? null : baseline;
  return html`<svg
    class="plot panel"
    viewBox="0 0 ${panelFrame.width} ${panelFrame.height}"
    role="img"
    aria-labelledby="${id}"
  >
    <title id="${id}">
      Resident memory over time of
      ${candidate.name}${behind === null ? null : `, with ${behind.candidate.name} behind it`}
    </title>
    ${drawAxes(axes, panelFrame)}
    ${behind === null ? null : html`<path class="curve behind" d="${medianPath(behind.points, axes.x, axes.y)}" />`}
    <g class="series ${look}" data-candidate="${candidate.name}">
      <path class="band" d="${bandPath(points, axes.x, axes.y)}" />
      <path class="curve" d="${medianPath(points, axes.x, axes.y)}" />
    </g>
  </svg>`;
}
