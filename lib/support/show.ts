import { inspect } from 'node:util';

const longest = 120;

/** A value as it stands in an error message: short, on one line, its type visible. */
export function show(value: unknown): string {
  const [text = ''] = inspected(value).split('\n');
  const short = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return typeof value === 'string' || typeof value === 'object' || value === undefined
    ? short
    : `${short} (${typeof value})`;
}

function inspected(value: unknown): string {
  try {
    return inspect(value, { depth: 0, breakLength: Infinity, maxStringLength: longest });
  } catch {
    return tagged(value); // its own inspect method threw
  }
}

function tagged(value: unknown): string {
  try {
    return Object.prototype.toString.call(value);
  } catch {
    return '[not to be shown]'; // its Symbol.toStringTag threw, too
  }
}

/** What should have been a number, and is one mostly. */
export function showNumber(value: unknown): string {
  return typeof value === 'number' ? String(value) : show(value);
}

/** An address as debuggers print it. */
export function hex(address: number): string {
  return `0x${address.toString(16)}`;
}
