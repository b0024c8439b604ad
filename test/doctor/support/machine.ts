import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { diagnose, type Diagnosis } from 'allomorph/doctor/diagnose';
import { FactSource } from 'allomorph/doctor/facts/source';
import { compile, temporaryFolder } from './compile.js';

/** What the simulated machine and its one process are like; the rest is a healthy default. */
export interface Machine {
  /** Text of further files, by path. */
  files?: Record<string, string>;
  environment?: Record<string, string>;
  status?: Record<string, string>;
  /** getauxval(3) */
  pageSize?: number;
  secure?: boolean;
  /** The process's line in /proc/N/cgroup. */
  cgroup?: string;
  /** Real files, by the path they have on the simulated machine; mapped unless said otherwise. */
  libraries?: { path: string; from: string; mapped?: boolean }[];
  /** Flags for linking its executable. */
  link?: readonly string[];
}

const pid = 77;

/** A folder that stands for the root of a machine, with one process in /proc. */
export function diagnoseMachine(machine: Machine): Diagnosis {
  return diagnose(pid, new FactSource(build(machine)));
}

function build(machine: Machine): string {
  const root = temporaryFolder();
  const proc = `/proc/${pid}`;
  const place = (file: string) => {
    const real = path.join(root, file);
    mkdirSync(path.dirname(real), { recursive: true });
    return real;
  };
  const write = (file: string, content: string | Buffer) => writeFileSync(place(file), content);

  compile(place('/app/program'), 'int main(void) { return 0; }', machine.link ?? []);
  const mapped = ['/app/program'];
  for (const library of machine.libraries ?? []) {
    copyFileSync(library.from, place(library.path));
    if (library.mapped !== false) mapped.push(library.path);
  }
  write(`${proc}/maps`, mapped.map(mapsLine).join(''));
  write(`${proc}/environ`, joined(entries(machine.environment, '=')));
  write(`${proc}/cmdline`, joined(['/app/program']));
  const status = { VmRSS: '1024 kB', VmSwap: '0 kB', ...machine.status };
  write(`${proc}/status`, entries(status, ':\t').join('\n'));
  write(`${proc}/auxv`, auxiliary([6, machine.pageSize ?? 4096], [23, machine.secure ? 1 : 0]));
  write(`${proc}/cgroup`, machine.cgroup ?? '');
  symlinkSync('/app/program', place(`${proc}/exe`));
  symlinkSync('/app', place(`${proc}/cwd`));
  symlinkSync('../..', place(`${proc}/root`));
  for (const [file, content] of Object.entries(machine.files ?? {})) write(file, content);
  return root;
}

function mapsLine(file: string, index: number): string {
  const start = (0x10000 * (index + 1)).toString(16);
  const end = (0x10000 * (index + 2)).toString(16);
  return `${start}-${end} r-xp 00000000 08:01 ${index + 1} ${file}\n`;
}

function entries(record: Record<string, string> = {}, separator: string): string[] {
  return Object.entries(record).map(([key, value]) => `${key}${separator}${value}`);
}

const joined = (words: string[]) => words.map((word) => `${word}\0`).join('');

function auxiliary(...pairs: [number, number][]): Buffer {
  const words = [...pairs, [0, 0]].flat().map(BigInt);
  return Buffer.from(BigUint64Array.from(words).buffer);
}
