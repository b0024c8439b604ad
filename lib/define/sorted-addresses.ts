/** Beyond, a bucket is split: moving so many numbers within an array costs what a search does. */
const largestBucket = 512;

/** A sorted set of numbers: buckets of sorted numbers, in order, none empty. O(log n + sqrt n) with small constants. */
export class SortedAddresses {
  readonly #buckets: number[][] = [];

  /** It is not in the set. */
  add(value: number): void {
    const index = Math.max(0, this.#bucketOf(value));
    const bucket = this.#buckets[index];
    if (bucket === undefined) {
      this.#buckets.push([value]);
      return;
    }
    bucket.splice(countUpTo(bucket, value), 0, value);
    if (bucket.length > largestBucket) {
      this.#buckets.splice(index + 1, 0, bucket.splice(bucket.length >> 1));
    }
  }

  /** It is in the set. */
  delete(value: number): void {
    const index = this.#bucketOf(value);
    const bucket = this.#buckets[index];
    if (bucket === undefined) return;
    bucket.splice(countUpTo(bucket, value) - 1, 1);
    if (bucket.length === 0) this.#buckets.splice(index, 1);
  }

  clear(): void {
    this.#buckets.length = 0;
  }

  atOrBefore(value: number): number | undefined {
    const bucket = this.#buckets[this.#bucketOf(value)];
    return bucket?.[countUpTo(bucket, value) - 1];
  }

  after(value: number): number | undefined {
    const index = this.#bucketOf(value);
    const bucket = this.#buckets[index];
    const within = bucket?.[countUpTo(bucket, value)];
    return within ?? this.#buckets[index + 1]?.[0];
  }

  /** The last bucket that begins at or before it; -1: none does. */
  #bucketOf(value: number): number {
    let [low, high] = [0, this.#buckets.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#buckets[middle]?.[0] ?? Infinity) <= value) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** How many of sorted numbers are not greater. */
function countUpTo(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Infinity) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
