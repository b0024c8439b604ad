import type { ChildEvent } from './protocol.js';

/** Characters: no event is nearly as long. */
const longest = 1 << 20;

/** Finds the events among whatever else was written to their descriptor, by the library for instance. */
export class EventReader {
  readonly events: ChildEvent[] = [];
  readonly #nonce: string;
  readonly #onEvent: () => void;
  #rest = '';

  constructor(nonce: string, onEvent: () => void) {
    this.#nonce = nonce;
    this.#onEvent = onEvent;
  }

  /** A last line that was cut off by the end of the process is left out. */
  add(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-longest);
    for (const line of lines) {
      const event = this.#parse(line);
      if (event === undefined) continue;
      this.events.push(event);
      this.#onEvent();
    }
  }

  #parse(line: string): ChildEvent | undefined {
    if (!line.startsWith(this.#nonce)) return undefined;
    try {
      return JSON.parse(line.slice(this.#nonce.length)) as ChildEvent;
    } catch {
      // Something else was written into the middle of it.
      return undefined;
    }
  }
}
