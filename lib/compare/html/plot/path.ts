import type { Point } from './curve.js';
import type { Scale } from './scale.js';

/** Path data of the median. */
export function medianPath(points: readonly Point[], x: Scale, y: Scale): string {
  const corners = points.flatMap(({ seconds, median }) =>
    median === null ? [] : [`${round(x.at(seconds))} ${round(y.at(median))}`],
  );
  // A single point is visible only as a line of some length with round ends.
  return corners.length === 1 ? `M${corners.join('')}h.1` : `M${corners.join('L')}`;
}

/** Path data of the area between the extremes. */
export function bandPath(points: readonly Point[], x: Scale, y: Scale): string {
  const corner = (seconds: number, value: number) =>
    `${round(x.at(seconds))} ${round(y.at(value))}`;
  const upper = points.map(({ seconds, high }) => corner(seconds, high));
  const lower = points.map(({ seconds, low }) => corner(seconds, low)).reverse();
  return `M${[...upper, ...lower].join('L')}Z`;
}

/** A tenth of a pixel is more than can be seen. */
export function round(pixels: number): string {
  return String(Math.round(pixels * 10) / 10);
}
