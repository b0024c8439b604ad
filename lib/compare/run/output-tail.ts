/** Bytes that are kept of what a program writes. */
const capacity = 64 * 1024;

/** The end of what a program writes, however much that is. */
export class OutputTail {
  readonly #chunks: Buffer[] = [];
  #length = 0;
  readonly #listeners = new Set<(text: string) => void>();

  add(bytes: Buffer): void {
    this.#chunks.push(bytes);
    this.#length += bytes.length;
    let [first] = this.#chunks;
    while (first !== undefined && this.#length - first.length >= capacity) {
      this.#chunks.shift();
      this.#length -= first.length;
      [first] = this.#chunks;
    }
    if (this.#listeners.size === 0) return;
    const text = this.text();
    for (const listener of this.#listeners) listener(text);
  }

  text(): string {
    return Buffer.concat(this.#chunks).subarray(-capacity).toString('utf8');
  }

  /** The last lines, for a report. */
  lines(most = 20): string {
    return this.text().trimEnd().split('\n').slice(-most).join('\n');
  }

  /** Calls back with all that is kept whenever something comes. @returns how to end it */
  watch(listener: (text: string) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
