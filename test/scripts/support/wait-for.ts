import { setTimeout as sleep } from 'node:timers/promises';

export async function waitFor(
  what: string,
  condition: () => boolean,
  milliseconds = 20_000,
): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited ${milliseconds} ms in vain for: ${what}`);
    await sleep(20);
  }
}
