/** What the first group of `pattern` matches in `text`; empty when nothing does. */
export function textIn(text: string, pattern: RegExp): string {
  return pattern.exec(text)?.[1] ?? '';
}

/** The same as a number; NaN when there is none. */
export function numberIn(text: string, pattern: RegExp): number {
  const found = textIn(text, pattern);
  return found === '' ? NaN : Number(found);
}

/** The same as a duration with its unit, in seconds; NaN when there is none. */
export function secondsIn(text: string, pattern: RegExp): number {
  return secondsOf(textIn(text, pattern));
}

/** Of each unit. Divided by, since 9 / 1000 is 0.009 and 9 * 0.001 is not. */
const perSecond: Readonly<Record<string, number>> = {
  ns: 1e9,
  us: 1e6,
  µs: 1e6,
  // U+03BC, the Greek letter, beside U+00B5, the micro sign above.
  μs: 1e6,
  ms: 1e3,
  s: 1,
  m: 1 / 60,
  h: 1 / 3600,
};

/** `'730.00us'`, `'6.67ms'`, `'1m10s'`; NaN for anything else. */
export function secondsOf(duration: string): number {
  if (!/^(?:[\d.]+(?:ns|us|µs|μs|ms|s|m|h))+$/.test(duration)) return NaN;
  let seconds = 0;
  for (const [, value = '', unit = ''] of duration.matchAll(/([\d.]+)([a-zµμ]+)/g)) {
    seconds += Number(value) / (perSecond[unit] ?? NaN);
  }
  return seconds;
}

/** The sum of what was found: what was not printed does not count. */
export function sum(...counts: readonly number[]): number {
  return counts.reduce((total, count) => total + (Number.isNaN(count) ? 0 : count), 0);
}
