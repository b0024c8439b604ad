import { show } from './show.js';

/** What a program threw, for a sentence that tells of it. It may be anything: never throws itself. */
export function messageOf(error: unknown): string {
  try {
    if (error instanceof Error && typeof error.message === 'string') return error.message;
  } catch {
    // A proxy, or an accessor of its own.
  }
  return show(error);
}
