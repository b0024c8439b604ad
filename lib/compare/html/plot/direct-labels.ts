import { shortened } from '../../../support/shortened.js';
import { html, type Markup } from '../markup/template.js';
import type { Axes, Frame } from './axes.js';
import { round } from './path.js';
import type { Series } from './series.js';
import { spread } from './spread.js';

/** Pixels from one label to the next. */
export const labelGap = 17;

/** Longer names are cut here; the legend has them whole. */
const longest = 20;

/** The name of each line where it ends, beside the plot. */
export function directLabels(all: readonly Series[], { x, y }: Axes, frame: Frame): Markup {
  const ends = all.flatMap((series) => {
    const end = series.points.filter(({ median }) => median !== null).at(-1);
    return end === undefined ? [] : [{ series, x: x.at(end.seconds), y: y.at(end.median ?? 0) }];
  });
  const heights = spread(
    ends.map((end) => end.y),
    labelGap,
    [frame.top, frame.height - frame.bottom],
  );
  const edge = frame.width - frame.right;
  return html`<g class="labels">
    ${ends.map(({ series, ...end }, index) => {
      const height = heights[index] ?? end.y;
      return html`<g class="${series.role} ${series.look}">
        <path
          class="leader"
          d="M${round(end.x + 2)} ${round(end.y)}L${edge + 14} ${round(height)}"
        />
        <path class="curve" d="M${edge + 16} ${round(height)}h20" />
        <text x="${edge + 42}" y="${round(height + 4)}"
          >${shortened(series.candidate.name, longest)}</text
        >
      </g>`;
    })}
  </g>`;
}
