import { html, type Markup } from '../markup/template.js';
import { axesFor, drawAxes, type Axes, type Frame } from './axes.js';
import { directLabels, labelGap } from './direct-labels.js';
import { bandPath, medianPath } from './path.js';
import type { Series } from './series.js';

const wide: Frame = {
  width: 1040,
  height: 420,
  top: 26,
  right: 202,
  bottom: 40,
  left: 52,
  ticks: { x: 8, y: 5 },
};
const narrow: Frame = {
  width: 360,
  height: 300,
  top: 26,
  right: 10,
  bottom: 40,
  left: 44,
  ticks: { x: 5, y: 5 },
};

/**
 * All candidates in one plot, twice: a picture that is scaled down to a phone has letters nobody
 * can read. The styles show the one that fits.
 */
export function overviews(all: readonly Series[], title: string): Markup {
  // Every line needs room for its label.
  const height = Math.max(wide.height, wide.top + wide.bottom + all.length * labelGap);
  return html`${overview(all, title, 'wide', { ...wide, height })}
  ${overview(all, title, 'narrow', narrow)}`;
}

function overview(
  all: readonly Series[],
  title: string,
  size: 'wide' | 'narrow',
  frame: Frame,
): Markup {
  const axes = axesFor(all, frame);
  const id = `overview-${size}`;
  return html`<svg
    class="plot overview ${size}"
    viewBox="0 0 ${frame.width} ${frame.height}"
    role="img"
    aria-labelledby="${id}"
  >
    <title id="${id}">${title}</title>
    ${drawAxes(axes, frame)} ${inFrontLast(all).map((series) => drawSeries(series, axes))}
    ${size === 'wide' ? directLabels(all, axes, frame) : null}
  </svg>`;
}

/** What the answer is about is drawn over the rest. */
function inFrontLast(all: readonly Series[]): readonly Series[] {
  const order = ['other', 'baseline', 'recommended'];
  return [...all].sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role));
}

/** Bands of many candidates over each other show nothing; each has its own in its panel. */
function drawSeries({ candidate, role, look, points }: Series, { x, y }: Axes): Markup {
  return html`<g class="series ${role} ${look}" data-candidate="${candidate.name}">
    <title>${candidate.name}</title>
    ${role === 'other' ? null : html`<path class="band" d="${bandPath(points, x, y)}" />`}
    <path class="curve" d="${medianPath(points, x, y)}" />
  </g>`;
}
