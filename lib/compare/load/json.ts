export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The objects in `text`: those in a line of their own, and those that a pretty-printer has spread
 * over the lines from a `{` to a `}`. Each line is parsed once at most, however the text is made.
 */
export function jsonObjects(text: string): JsonObject[] {
  const lines = text.split('\n');
  const found: (JsonObject | null)[] = [];
  let opened: number | null = null;
  for (const [at, line] of lines.entries()) {
    if (line === '{') {
      opened = at;
    } else if (line === '}' && opened !== null) {
      found.push(parsed(lines.slice(opened, at + 1).join('\n')));
      opened = null;
    } else if (line.startsWith('{') && line.endsWith('}')) {
      found.push(parsed(line));
    }
  }
  return found.filter((object) => object !== null);
}

/** The number at a path of keys; NaN when there is none. */
export function numberAt(object: JsonObject, ...path: readonly string[]): number {
  const value = valueAt(object, path);
  return typeof value === 'number' ? value : NaN;
}

/** The object at a path of keys; an empty one when there is none. */
export function objectAt(object: JsonObject, ...path: readonly string[]): JsonObject {
  const value = valueAt(object, path);
  return isObject(value) ? value : {};
}

function valueAt(object: JsonObject, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), object);
}

function parsed(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
