import { shortened } from './shortened.js';

/** One line on a terminal that is rewritten in place. */
export interface StatusLine {
  show(text: string): void;
  /** Takes it away; nothing of it is left for what is written next. */
  clear(): void;
}

/** A terminal, or a stream that passes for one in a test. */
export interface StatusStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const eraseLine = '\r\x1b[K';
/** Of a terminal that does not say. */
const usualColumns = 80;

export function createStatusLine(stream: StatusStream): StatusLine {
  let shown = false;
  return {
    show(text) {
      // A line that reaches the last column wraps, and then \r returns to its second half only.
      const room = Math.max(0, (stream.columns ?? usualColumns) - 1);
      stream.write(eraseLine + shortened(text, room));
      shown = true;
    },
    clear() {
      if (shown) stream.write(eraseLine);
      shown = false;
    },
  };
}
