import { html, type Markup } from '../markup/template.js';
import { round } from './path.js';
import { scale, type Scale } from './scale.js';
import type { Series } from './series.js';

/** Pixels: the whole picture, and what the axes leave free around the plot. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
  /** About how many ticks. */
  readonly ticks: { readonly x: number; readonly y: number };
}

export interface Axes {
  readonly x: Scale;
  readonly y: Scale;
}

/** Alike for all plots of a page, so that they can be compared with each other. */
export function axesFor(all: readonly Series[], frame: Frame): Axes {
  const points = all.flatMap((series) => series.points);
  const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0);
  return {
    x: scale(most(points.map(({ seconds }) => seconds)), [frame.left, frame.width - frame.right], {
      wanted: frame.ticks.x,
      full: false,
    }),
    y: scale(most(points.map(({ high }) => high)), [frame.height - frame.bottom, frame.top], {
      wanted: frame.ticks.y,
      full: true,
    }),
  };
}

export function drawAxes({ x, y }: Axes, frame: Frame): Markup {
  const { width, height, left, right, bottom } = frame;
  const floor = height - bottom;
  return html`<g class="axes">
    ${y.ticks.map(
      (tick) =>
        html`<path
            class="${tick === 0 ? 'floor' : 'grid'}"
            d="M${left} ${round(y.at(tick))}H${width - right}"
          /><text x="${left - 7}" y="${round(y.at(tick) + 4)}" text-anchor="end"
            >${y.label(tick, 1e6)}</text
          >`,
    )}
    ${x.ticks.map(
      (tick) =>
        html`<path class="floor" d="M${round(x.at(tick))} ${floor}v5" /><text
            x="${round(x.at(tick))}"
            y="${floor + 19}"
            text-anchor="middle"
            >${x.label(tick, 1)}</text
          >`,
    )}
    <text class="unit" x="${left - 7}" y="12" text-anchor="end">MB</text>
    <text class="unit" x="${width - right}" y="${height - 3}" text-anchor="end"
      >seconds since the start</text
    >
  </g>`;
}
