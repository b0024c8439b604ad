import path from 'node:path';

/** Where a block was allocated, and freed: keeps the stack; V8 makes text of it when it is read. */
interface Places {
  readonly allocated: Captured;
  freed?: Captured;
}

interface Captured {
  readonly stack?: string;
}

/** Stacks of so many freed blocks are kept. */
const mostFreed = 16_384;

const ownFolder = path.resolve(__dirname, '..') + path.sep;

/** The JavaScript stacks of blocks that are live or were freed lately. */
export class Stacks {
  readonly #live = new Map<number, Places>();
  /** In the order in which they were freed. */
  readonly #freed = new Map<number, Places>();
  readonly #isOn: boolean;

  constructor(isOn: boolean) {
    this.#isOn = isOn;
  }

  /** @param below the function whose caller is the first frame */
  allocated(address: number, below: (...args: never[]) => unknown): void {
    if (!this.#isOn) return;
    this.#freed.delete(address);
    this.#live.set(address, { allocated: capture(below) });
  }

  freed(address: number, below: (...args: never[]) => unknown): void {
    const places = this.#live.get(address);
    if (places === undefined) return;
    this.#live.delete(address);
    places.freed = capture(below);
    this.#freed.set(address, places);
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

function capture(below: (...args: never[]) => unknown): Captured {
  const captured = {};
  Error.captureStackTrace(captured, below);
  return captured;
}

/** The frames outside this package and Node. */
function textOf(captured: Captured | undefined): string | undefined {
  const frames = captured?.stack
    ?.split('\n')
    .filter((line) => /^\s*at /.test(line) && !line.includes(ownFolder) && !/\(?node:/.test(line))
    .map((line) => line.trim());
  return frames === undefined || frames.length === 0 ? undefined : frames.join('\n');
}

/** `file:line:column` of a frame's text, or all of it. */
export function siteOf(stack: string): string {
  const [first = stack] = stack.split('\n');
  return /\(([^()]+:\d+:\d+)\)$/.exec(first)?.[1] ?? first.replace(/^at (async )?/, '');
}
