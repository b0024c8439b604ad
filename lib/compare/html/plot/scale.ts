/** Maps values from 0 to `max` onto pixels. */
export interface Scale {
  readonly max: number;
  readonly at: (value: number) => number;
  /** Round values, 0 first. */
  readonly ticks: readonly number[];
  /** A tick as it is written, in units of `unit`, all of them with the same decimals. */
  readonly label: (tick: number, unit: number) => string;
}

/** `wanted` is about how many ticks there shall be. With `full`, the axis ends at a tick. */
export function scale(
  max: number,
  [from, to]: readonly [number, number],
  { wanted, full }: { wanted: number; full: boolean },
): Scale {
  const step = roundStep((max > 0 ? max : 1) / wanted);
  const steps = max > 0 ? max / step : wanted;
  // A value that is a tick but for an error of the last bit does not need another one.
  const last = full ? Math.ceil(steps - 1e-9) : Math.floor(steps + 1e-9);
  const end = full || max <= 0 ? last * step : max;
  return {
    max: end,
    at: (value) => from + ((to - from) * value) / end,
    ticks: Array.from({ length: last + 1 }, (_, index) => index * step),
    label: (tick, unit) => (tick / unit).toFixed(decimalsOf(step / unit)),
  };
}

/** The smallest of 1, 2, 5 times a power of ten that is not less. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5].find((each) => each * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}

function decimalsOf(step: number): number {
  return Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
}
