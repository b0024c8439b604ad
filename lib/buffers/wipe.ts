/**
 * The method of all typed arrays: that of Buffer looks at encodings first. Read, not taken from its property,
 * which is an accessor with `node --frozen-intrinsics`.
 */
const fill = Reflect.get(
  Object.getPrototypeOf(Uint8Array.prototype) as object,
  'fill',
) as typeof Uint8Array.prototype.fill;

/** Overwrites the bytes from `start` on with zeros, unless they were taken away (a transfer). */
export function wipe(buffer: Buffer, start = 0): void {
  if (buffer.length > 0) fill.call(buffer, 0, start);
}
