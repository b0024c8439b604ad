/** The method of all typed arrays: that of Buffer looks at encodings first. */
const fill = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'fill')
  ?.value as typeof Uint8Array.prototype.fill;

/** Overwrites the bytes from `start` on with zeros, unless they were taken away (a transfer). */
export function wipe(buffer: Buffer, start = 0): void {
  if (buffer.length > 0) fill.call(buffer, 0, start);
}
