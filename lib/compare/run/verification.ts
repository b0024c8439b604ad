import { chmodSync, existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAllocatorFile, kindOfFile } from '../../allocators/installed.js';
import { addon } from '../../native/load.js';
import { reportVariable } from '../../process/names.js';
import type { EnvironmentChange } from '../candidates/environment-changes.js';

/** What the processes of one run reported of themselves, from inside. */
export interface Proof {
  /** The file that the program's own malloc came from; null: it never reported. */
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
  // One process reports again after each exec: the last is what it ran on in the end.
  const library = reports.filter((report) => report.pid === pid).at(-1)?.library ?? null;
  if (library === null) {
    return {
      library,
      fault: 'nothing of it reported which malloc it runs on: LD_PRELOAD did not reach it',
    };
  }
  const other =
    expected === 'any'
      ? undefined
      : reports.find((report) => !isExpected(report.library, expected));
  if (other === undefined) return { library, fault: null };
  const who = other.pid === pid ? 'its malloc' : `the malloc of its child ${String(other.pid)}`;
  return {
    library,
    fault: `${who} came from ${other.library || 'a place that cannot be told'}, and not from ${expected}`,
  };
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
  if (isLibc(file)) return addon.libc().name;
  if (path.basename(file).startsWith('liballomorph-jemalloc.so')) return 'jemalloc';
  return isAllocatorFile(file) ? kindOfFile(file) : path.basename(file);
}
