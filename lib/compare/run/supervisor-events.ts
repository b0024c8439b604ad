import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { getSystemErrorMap } from 'node:util';
import { LaunchError } from '../../process/failure.js';
import { deferred } from '../../support/deferred.js';
import type { Sample } from './samples.js';

/** How the program ended, as wait4(2) reports it. */
export interface Ended {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly wallSeconds: number;
  readonly userSeconds: number;
  readonly systemSeconds: number;
  readonly minorFaults: number;
  readonly majorFaults: number;
  /** Of the largest of its processes. */
  readonly peakRssBytes: number;
}

/** What is known once the program has ended. */
export interface Marks {
  /** When the sample was taken that was asked for, from the start; undefined: none was. */
  readonly seconds?: number;
  /** The process that held most in any sample. */
  readonly largestPid?: number;
}

/** CPU time of descendants that nobody waited for: daemons, and what a launcher leaves to end by itself. */
export interface Orphans {
  readonly userSeconds: number;
  readonly systemSeconds: number;
}

/** Reads the lines that native/supervisor/supervisor.h describes. */
export function readEvents(stream: Readable): {
  started: Promise<number | undefined>;
  ended: Promise<Ended | undefined>;
  samples: readonly Sample[];
  marks: Marks;
  orphans: Promise<Orphans>;
} {
  const samples: Sample[] = [];
  const marks: { -readonly [Name in keyof Marks]: Marks[Name] } = {};
  const started = deferred<number | undefined>();
  const ended = deferred<Ended | undefined>();
  const orphans = deferred<Orphans>();
  const lines = createInterface({ input: stream });
  lines.on('line', (line) => {
    const [event, ...fields] = line.split(' ');
    const numbers = fields.map(Number);
    if (event === 'started') started.resolve(numbers[0] ?? 0);
    if (event === 'failed') started.reject(new LaunchError(errorName(numbers[0])));
    if (event === 'sample') samples.push(sampleOf(numbers));
    if (event === 'mark') marks.seconds = (numbers[0] ?? 0) / 1e6;
    if (event === 'largest') marks.largestPid = numbers[0] ?? 0;
    if (event === 'left') orphans.resolve(orphansOf(numbers));
    if (event === 'ended') ended.resolve(endOf(numbers));
  });
  lines.on('close', () => {
    started.resolve(undefined);
    ended.resolve(undefined);
    orphans.resolve(orphansOf([]));
  });
  return {
    started: started.promise,
    ended: ended.promise,
    samples,
    marks,
    orphans: orphans.promise,
  };
}

function errorName(errno = 0): string {
  const [code, text] = getSystemErrorMap().get(-errno) ?? [`errno ${String(errno)}`, ''];
  return text === '' ? code : `${text} (${code})`;
}

function orphansOf([, user = 0, system = 0]: readonly number[]): Orphans {
  return { userSeconds: user / 1e6, systemSeconds: system / 1e6 };
}

function sampleOf([
  time = 0,
  rss = 0,
  pss = -1,
  anonHugePages = -1,
  processes = 0,
]: readonly number[]): Sample {
  const bytes = (kibibytes: number) => (kibibytes < 0 ? null : kibibytes * 1024);
  return {
    seconds: time / 1e6,
    rss: rss * 1024,
    pss: bytes(pss),
    anonHugePages: bytes(anonHugePages),
    processes,
  };
}

function endOf(fields: readonly number[]): Ended {
  const [status = 0, wall = 0, user = 0, system = 0, minor = 0, major = 0, peak = 0] = fields;
  // wait(2): the low seven bits are the signal, the next byte is the exit status.
  const signal = status & 0x7f;
  return {
    exitCode: signal === 0 ? (status >> 8) & 0xff : null,
    signal: signal === 0 ? null : signalName(signal),
    wallSeconds: wall / 1e9,
    userSeconds: user / 1e6,
    systemSeconds: system / 1e6,
    minorFaults: minor,
    majorFaults: major,
    peakRssBytes: peak * 1024,
  };
}

function signalName(number: number): string {
  const known = Object.entries(constants.signals).find(([, value]) => value === number);
  return known?.[0] ?? `signal ${String(number)}`;
}
