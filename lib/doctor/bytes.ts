const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `1536` → `1.5 KiB` */
export function bytes(size: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, size)) / 10));
  const value = size / 2 ** (10 * power);
  return `${String(Number(value.toFixed(value < 10 ? 1 : 0)))} ${units[power] ?? 'B'}`;
}
