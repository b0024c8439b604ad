/** A figure as it stands on the page. */
export interface Figure {
  readonly value: string;
  /** JSON pointer. */
  readonly of: string;
  readonly text: string;
}

/** All figures of a page, found without a browser. */
export function figuresIn(page: string): readonly Figure[] {
  const element = /<data\s+value="([^"]*)"\s+data-of="([^"]*)"\s*>([^<]*)<\/data\s*>/g;
  return [...page.matchAll(element)].map(([, value, of, text]) => ({
    value: value!,
    of: of!,
    text: text!,
  }));
}

/** The JSON of a page, found without a browser. */
export function jsonIn(page: string): unknown {
  const element = /<script type="application\/json" id="comparison">([^<]*)<\/script>/;
  return JSON.parse(element.exec(page)![1]!);
}

/** Asserts that a figure is exactly that of the JSON, and that it reads as what it is. */
export function expectToAgree({ value, of, text }: Figure, json: unknown): void {
  const actual = resolve(json, of);
  expect({ of, value: Number(value) }).toEqual({ of, value: actual });
  const { shown, precision } = read(text);
  expect({ of, text, off: Math.abs(shown - Number(value)) <= precision * 0.5000001 }).toEqual({
    of,
    text,
    off: true,
  });
}

function resolve(json: unknown, pointer: string): unknown {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replace(/~1/g, '/').replace(/~0/g, '~'));
  return steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], json);
}

const units: Readonly<Record<string, number>> = {
  '': 1,
  s: 1,
  '/s': 1,
  ms: 1e-3,
  MB: 1e6,
  GB: 1e9,
  '%': 0.01,
};

/** What a text says, and what its last digit stands for. */
function read(text: string): { shown: number; precision: number } {
  const plain = text
    .trim()
    .replace(/\u202f/g, '')
    .replace('\u2212', '-');
  const [, digits, fraction = '', unit] = /^([+-]?\d+(?:\.(\d+))?)\s*(\D*)$/.exec(plain) ?? [];
  // The first of two percentages leaves the unit to the second.
  const factor = /^[+-]?\d+\.\d$/.test(plain) ? 0.01 : units[unit ?? 'none'];
  if (digits === undefined || factor === undefined) throw new Error(`Not a figure: ${text}`);
  return { shown: Number(digits) * factor, precision: factor * 10 ** -fraction.length };
}
