import { openSync, writeSync } from 'node:fs';
import { AllomorphError } from '../errors/error.js';
import { lookAt } from '../support/look-at.js';
import { messageOf } from '../support/message-of.js';
import { show } from '../support/show.js';
import { invalid } from './arguments.js';

/** Anything with `write`, such as a stream: gets a line with its end. */
export interface LineStream {
  write(text: string): unknown;
}

/** `'stderr'`, the path of a file that is appended to (with a slash: `'./calls.log'`), a stream, or a function that gets a line without its end. */
export type LogSink = 'stderr' | (string & {}) | LineStream | ((line: string) => void);

export interface OpenedSink {
  /** Undefined: it is a function or a stream. */
  readonly descriptor: number | undefined;
  /** Whether we opened the descriptor. */
  readonly isOurs: boolean;
  write(text: string): unknown;
}

/** @throws ERR_ALLOMORPH_INVALID_ARGUMENT, ERR_ALLOMORPH_SYSTEM when the file cannot be opened */
export function openSink(sink: LogSink): OpenedSink {
  if (sink === 'stderr') return toDescriptor(2, false);
  if (typeof sink === 'string' && sink !== '') {
    if (!/[/\\]/.test(sink)) throw invalid('sink', sink, ambiguous(sink));
    return toDescriptor(openFile(sink), true);
  }
  if (typeof sink === 'function') {
    // An asynchronous function is one that gives nothing, to TypeScript.
    const called: (line: string) => unknown = sink;
    const write = (text: string) => called(text.slice(0, -1));
    return { descriptor: undefined, isOurs: false, write };
  }
  const rule = "must be 'stderr', a path with a slash, a stream or a function";
  const isStream = lookAt(
    () => typeof sink === 'object' && typeof (sink as LineStream | null)?.write === 'function',
    (reason) => invalid('sink', sink, `${rule}, and ${reason}`),
  );
  if (!isStream) throw invalid('sink', sink, rule);
  const stream = sink as LineStream;
  return { descriptor: undefined, isOurs: false, write: (text) => stream.write(text) };
}

/** A word may be meant as a place such as 'stdout', and would make a file of that name. */
function ambiguous(sink: string): string {
  return (
    `must be 'stderr', a path with a slash, a stream or a function: for a file in the working directory, ${show(`./${sink}`)}` +
    (sink === 'stdout' ? '; for stdout, process.stdout' : '')
  );
}

/** Writes a line; never throws, and leaves no rejection of an asynchronous sink to the process, which would end of it. */
export function lineWriter(name: string, sink: OpenedSink): (line: string) => void {
  let failed = false;
  const tell = (error: unknown) => {
    if (failed) return;
    failed = true;
    process.emitWarning(`${name} could not log a call: ${messageOf(error)}`, {
      type: 'AllomorphWarning',
      code: 'ALLOMORPH_LOG_FAILED',
    });
  };
  return (line) => {
    try {
      const written = sink.write(`${line}\n`);
      if (isThenable(written)) Promise.resolve(written).catch(tell);
    } catch (error) {
      tell(error);
    }
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && typeof (value as { then?: unknown } | null)?.then === 'function'
  );
}

function openFile(file: string): number {
  try {
    return openSync(file, 'a');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // A path with a NUL byte.
    if (code === 'ERR_INVALID_ARG_VALUE') throw invalid('sink', file, 'is no path');
    throw new AllomorphError(
      'ERR_ALLOMORPH_SYSTEM',
      `The file ${show(file)} cannot be opened for the log: ${message}. ` +
        'Name a file in a folder that exists and that this user may write to.',
      { sink: file },
      { cause: error },
    );
  }
}

function toDescriptor(descriptor: number, isOurs: boolean): OpenedSink {
  return { descriptor, isOurs, write: (text) => writeSync(descriptor, text) };
}
