/** Progress lines of one step, `[2/4] text`; on a terminal the last one can be live. */
export function createProgress(number, total, stream = process.stdout) {
  const prefix = `[${number}/${total}] `;
  let live = false;
  return {
    say(text) {
      if (live) stream.write('\r\x1b[K');
      live = false;
      stream.write(`${prefix}${text}\n`);
    },
    /** Overwrites itself on a terminal; elsewhere nothing, so that CI logs keep one line per phase. */
    tick(text) {
      if (!stream.isTTY) return;
      live = true;
      stream.write(`\r\x1b[K${`${prefix}${text}`.slice(0, (stream.columns ?? 80) - 1)}`);
    },
  };
}

/** Seconds since `start` (of `performance.now()`), as text. */
export function elapsed(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
