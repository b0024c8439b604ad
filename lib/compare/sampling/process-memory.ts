import { readFileSync } from 'node:fs';
import { addon } from '../../native/load.js';

/** Bytes. */
export interface PageTables {
  readonly rss: number;
  readonly pss: number;
  readonly anonHugePages: number;
}

/** The kernel's counter: cheap, whatever the process holds. Undefined: it has ended. */
export function residentBytes(pid: number): number | undefined {
  // proc_pid_statm(5): size, resident, … in pages.
  const pages = read(pid, 'statm')?.split(' ')[1];
  return pages === undefined || pages === '0' ? undefined : Number(pages) * addon.pageSize;
}

/**
 * What a walk through the page tables tells. Takes the kernel about 10 ms for each GB, in which the
 * process cannot map or unmap memory. Undefined: it has ended, or may not be looked into.
 */
export function walkPageTables(pid: number): PageTables | undefined {
  const text = read(pid, 'smaps_rollup');
  const rss = field(text, 'Rss');
  if (text === undefined || rss === undefined) return undefined;
  return {
    rss,
    pss: field(text, 'Pss') ?? rss,
    anonHugePages: field(text, 'AnonHugePages') ?? 0,
  };
}

function field(text: string | undefined, name: string): number | undefined {
  const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text ?? '')?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

function read(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${String(pid)}/${file}`, 'latin1');
  } catch {
    return undefined;
  }
}
