import path from 'node:path';
import { toPath } from '../global/origin.js';

/** Where a block was allocated, and freed: keeps the stack; V8 makes text of it when it is read. */
interface Places {
  readonly allocated: Captured;
  freed?: Captured;
}

/** A program's `Error.prepareStackTrace` may make anything of the stack, and may throw. */
interface Captured {
  readonly stack?: unknown;
}

type Methods = Readonly<
  Record<'allocate' | 'deallocate' | 'reallocate', (...args: never[]) => unknown>
>;

/** `site` makes text of the stack, which takes time. */
type Listener = (address: number, site: () => string | undefined) => void;

/** Stacks of so many freed blocks are kept. */
const mostFreed = 16_384;

const ownFolder = path.resolve(__dirname, '..') + path.sep;

/** The JavaScript stacks of blocks that are live or were freed lately. */
export class Stacks {
  readonly #live = new Map<number, Places>();
  /** In the order in which they were freed. */
  readonly #freed = new Map<number, Places>();
  readonly #isOn: boolean;

  readonly #methods: Methods;
  readonly #tell: Listener | undefined;

  /**
   * @param methods those of the class that allocates: what lies within them is no part of a stack
   * @param tell hears of each block as it is allocated or freed
   */
  constructor(isOn: boolean, methods: Methods, tell?: Listener) {
    this.#isOn = isOn;
    this.#methods = methods;
    this.#tell = tell;
  }

  /** @param method whose caller is the first frame */
  allocated(address: number, method: keyof Methods): void {
    if (!this.#isOn) return;
    this.#freed.delete(address);
    const allocated = capture(this.#methods[method]);
    this.#live.set(address, { allocated });
    this.#tell?.(address, () => siteIn(allocated));
  }

  freed(address: number, method: keyof Methods): void {
    const places = this.#live.get(address);
    if (places === undefined) return;
    this.#live.delete(address);
    places.freed = capture(this.#methods[method]);
    this.#freed.set(address, places);
    const { freed } = places;
    this.#tell?.(address, () => siteIn(freed));
    if (this.#freed.size <= mostFreed) return;
    for (const oldest of this.#freed.keys()) {
      this.#freed.delete(oldest);
      return;
    }
  }

  of(address: number): { allocatedAt: string | undefined; freedAt: string | undefined } {
    const places = this.#live.get(address) ?? this.#freed.get(address);
    return { allocatedAt: textOf(places?.allocated), freedAt: textOf(places?.freed) };
  }
}

/** Never throws, as the block has been allocated or freed by then. */
function capture(below: (...args: never[]) => unknown): Captured {
  const captured = {};
  try {
    Error.captureStackTrace(captured, below);
  } catch {
    // The place is unknown.
  }
  return captured;
}

/** The frames outside this package and Node, one a line. */
function textOf(captured: Captured | undefined): string | undefined {
  const frames = linesOf(captured)
    .filter((line) => /^\s*at /.test(line) && !line.includes(ownFolder) && !/\(?node:/.test(line))
    .map(frameOf);
  return frames.length === 0 ? undefined : frames.join('\n');
}

function linesOf(captured: Captured | undefined): string[] {
  try {
    const stack = captured?.stack;
    return typeof stack === 'string' ? stack.split('\n') : [];
  } catch {
    return []; // what the program's Error.prepareStackTrace threw
  }
}

/** `file:line:column (function)` of V8's `at function (file:line:column)`, where the file of a module is a URL. */
function frameOf(line: string): string {
  const frame = line.trim().replace(/^at (?:async )?/, '');
  const [, name, named, bare] = /^(.*) \(([^()]+:\d+:\d+)\)$|^([^()]+:\d+:\d+)$/.exec(frame) ?? [];
  const site = named ?? bare;
  if (site === undefined) return frame; // of eval
  return toPathAt(site) + (name === undefined ? '' : ` (${name})`);
}

function toPathAt(site: string): string {
  const [, file = site, place = ''] = /^(.*)(:\d+:\d+)$/.exec(site) ?? [];
  return toPath(file) + place;
}

function siteIn(captured: Captured): string | undefined {
  const stack = textOf(captured);
  return stack === undefined ? undefined : siteOf(stack);
}

/** `file:line:column` of the first frame, or all of it. */
export function siteOf(stack: string): string {
  const [first = stack] = stack.split('\n');
  return /^(.*:\d+:\d+) \(.*\)$/.exec(first)?.[1] ?? first;
}
