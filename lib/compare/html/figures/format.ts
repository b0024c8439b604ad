/** How a figure reads: three significant digits and the unit, joined by spaces that do not break. */
export type Format = (value: number) => string;

export const megabytes: Format = (value) => `${digits(value / 1e6)}${space}MB`;
export const gigabytes: Format = (value) => `${digits(value / 1e9)}${space}GB`;
export const seconds: Format = (value) => `${digits(value)}${space}s`;
export const milliseconds: Format = (value) => `${digits(value * 1e3)}${space}ms`;
export const perSecond: Format = (value) => `${digits(value)}/s`;
export const count: Format = (value) => grouped(String(value));
/** Of a share: from 0 to 1. */
export const percent: Format = (value) => `${digits(value * 100, 1)}%`;
/** Of a relative difference: with its sign. */
export const change: Format = (value) => {
  const text = digits(value * 100, 1);
  return `${value > 0 && Number(text) !== 0 ? '+' : ''}${text}%`;
};
/** The same, where a unit stands once for several. */
export const changeWithoutUnit: Format = (value) => change(value).replace('%', '');

const space = '\u00a0';
const minus = '\u2212';

/** No more decimals than make three digits. */
function digits(value: number, most = 3): string {
  const size = Math.abs(value);
  const decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : size === 0 ? 0 : 3;
  const text = size.toFixed(Math.min(most, decimals));
  // What rounds to nothing has no sign.
  return `${value < 0 && Number(text) !== 0 ? minus : ''}${grouped(text)}`;
}

/** Four digits are read at a glance; more are not. */
function grouped(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const groups = whole.length < 5 ? whole : whole.replace(/\B(?=(?:\d{3})+$)/g, '\u202f');
  return fraction === undefined ? groups : `${groups}.${fraction}`;
}
