import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Bytes of the record: no call takes as many to tell. */
const length = 256;

/**
 * What the child was doing last, which its end must not take along: a file that both have open and
 * that has no name any more. The child writes it before each call, about 2 microseconds each.
 */
export class CallUnderWay {
  readonly #nonce: string;
  readonly #file: number | undefined;

  constructor(nonce: string) {
    this.#nonce = nonce;
    this.#file = temporaryFile();
  }

  /** For the child's descriptor. Where no file can be had, ends are told without the call. */
  get stdio(): number | 'ignore' {
    return this.#file ?? 'ignore';
  }

  /** Undefined: none was told, or the library wrote to it. */
  read(): string | undefined {
    if (this.#file === undefined) return undefined;
    const bytes = Buffer.alloc(length);
    const text = bytes.toString('latin1', 0, readSync(this.#file, bytes, 0, length, 0)).trim();
    const call = text.slice(this.#nonce.length);
    return text.startsWith(this.#nonce) && call !== '' ? call : undefined;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }
}

/** The child's side. */
export function recorder(descriptor: number, nonce: string): (call: string) => void {
  return (call) => {
    try {
      writeSync(descriptor, `${nonce}${call}`.padEnd(length).slice(0, length), 0, 'latin1');
    } catch {
      // A full disk, or a library that has closed it: the rules are tried all the same.
    }
  };
}

function temporaryFile(): number | undefined {
  try {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-check-'));
    try {
      return openSync(path.join(folder, 'call'), 'wx+', 0o600);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  } catch {
    return undefined;
  }
}
