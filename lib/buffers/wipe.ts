/** What all typed arrays have: a Buffer may have got properties of these names, or another prototype. */
const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;

/** Not that of Buffer, which looks at encodings first. Read, not taken from its property, which is an accessor with `node --frozen-intrinsics`. */
const fill = Reflect.get(typedArray, 'fill') as typeof Uint8Array.prototype.fill;

/** Bytes that a Buffer really has. */
export function lengthOf(buffer: Buffer): number {
  return Reflect.get(typedArray, 'length', buffer) as number;
}

/** Overwrites the bytes from `start` on with zeros, unless they were taken away (a transfer). */
export function wipe(buffer: Buffer, start = 0): void {
  try {
    fill.call(buffer, 0, start);
  } catch (error) {
    if (lengthOf(buffer) > 0) throw error;
  }
}
