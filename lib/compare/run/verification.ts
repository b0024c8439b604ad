import { chmodSync, existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { kindOfFile } from '../../allocators/installed.js';
import { addon } from '../../native/load.js';
import { reportVariable } from '../../process/names.js';
import type { EnvironmentChange } from '../candidates/environment-changes.js';

/** What the processes of one run reported of themselves, from inside. */
export interface Proof {
  /** The processes that reported; null: it does not matter on what they run. */
  readonly pids: readonly number[] | null;
  /**
   * The file that the program's malloc came from; of the present state, that of the process which has
   * another one than the C library's, if any. Null: the program never reported.
   */
  readonly library: string | null;
  /** Null when every report is as expected; else what is wrong, as a sentence. */
  readonly fault: string | null;
}

/** A file for one run's guards to report to, and the variable that names it. */
export function openReport(
  folder: string,
  name: string,
): { file: string; change: EnvironmentChange } {
  const file = path.join(folder, name);
  writeFileSync(file, '');
  // The program may give up its user before it starts others.
  chmodSync(file, 0o666);
  return { file, change: [reportVariable, file] };
}

/** @param expected see Candidate.expected */
export function readProof(file: string, pid: number, expected: string): Proof {
  const reports = readFileSync(file, 'utf8').trim().split('\n').filter(Boolean).map(parse);
  const pids = reports.map((report) => report.pid);
  // One process reports again after each exec: the last is what it ran on in the end.
  const own = reports.filter((report) => report.pid === pid).at(-1)?.library ?? null;
  if (own === null) {
    const fault =
      'nothing of it reported which malloc it runs on: LD_PRELOAD did not reach it, or the guard could not write';
    return { library: null, pids, fault };
  }
  if (expected === 'any') {
    // A launcher on the C library that starts the service on something else is how the service runs.
    const chosen = reports.filter(({ library }) => !isLibc(library)).at(-1)?.library;
    return { library: chosen ?? own, pids: null, fault: null };
  }
  const other = reports.find(({ library }) => !isExpected(library, expected));
  if (other === undefined) return { library: own, pids, fault: null };
  const who = other.pid === pid ? 'its malloc' : `the malloc of its child ${String(other.pid)}`;
  const place = other.library === '' ? 'a place that cannot be told' : other.library;
  const fault = `${who} came from ${place}, and not from ${expected}`;
  return { library: own, pids, fault };
}

function parse(line: string): { pid: number; library: string } {
  const [pid, library = ''] = line.split('\t');
  return { pid: Number(pid), library };
}

function isExpected(library: string, expected: string): boolean {
  if (expected === 'libc') return isLibc(library);
  return (
    library === expected ||
    (existsSync(library) && realpathSync(library) === realpathSync(expected))
  );
}

/** As native/preload/guard/verify.c has it. */
function isLibc(file: string): boolean {
  return /^(?:libc\.so|libc-|ld-musl-|libc\.musl-)/.test(path.basename(file));
}

/** Which allocator a malloc is, by the file it came from. */
export function allocatorOfFile(file: string): string {
  return isLibc(file) ? addon.libc().name : kindOfFile(file);
}
