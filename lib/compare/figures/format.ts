import type { MetricName } from '../document/metrics.js';

/** How the values of a metric are written: divided by `scale`, followed by the unit. */
export interface Unit {
  readonly scale: number;
  readonly name: string;
}

/** One unit for all the values of a table's column or of a sentence's "from → to". */
export function unitFor(metric: MetricName, values: readonly number[]): Unit {
  if (metric.endsWith('Bytes')) return { scale: 1e6, name: 'MB' };
  if (metric === 'requestsPerSecond') return { scale: 1, name: 'req/s' };
  return Math.max(...values) < 1 ? { scale: 1e-3, name: 'ms' } : { scale: 1, name: 's' };
}

/** `4.12`, `41.2`, `412`, `4120`: no more decimals than make three digits. */
export function digits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

export function quantity(value: number, { scale, name }: Unit): string {
  return `${digits(value / scale)} ${name}`;
}

/** Of a share, without sign: `38%`, and `2.4%` where a whole number would say too little. */
export function percent(share: number): string {
  const size = Math.abs(share) * 100;
  return `${size.toFixed(size < 9.95 && Math.round(size) !== size ? 1 : 0).replace(/\.0$/, '')}%`;
}

/** Of the time that something takes: `12 s`, `3 min`, `1 h 20 min`. */
export function duration(seconds: number): string {
  if (seconds < 99.5) return `${String(Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${String(minutes)} min`;
  const rest = minutes % 60;
  return `${String(Math.floor(minutes / 60))} h${rest === 0 ? '' : ` ${String(rest)} min`}`;
}
