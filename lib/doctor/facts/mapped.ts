import { inspectBinary, type Binary } from './binary.js';
import type { ProcessView } from './process.js';
import type { FactSource } from './source.js';

/** A line of /proc/N/maps that shows a file. */
export interface Mapping {
  readonly start: number;
  readonly end: number;
  readonly executable: boolean;
  readonly offset: number;
  readonly path: string;
}

/** Undefined when the kernel does not let us see them. */
export function readMaps(source: FactSource, { proc }: ProcessView): Mapping[] | undefined {
  const text = source.text(`${proc}/maps`);
  return text?.split('\n').flatMap((line) => {
    const match =
      /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) ([0-9a-f]+) \S+ \d+ +(\/.*?)(?: \(deleted\))?$/.exec(line);
    if (match === null) return [];
    const [, start = '', end = '', permissions = '', offset = '', path = ''] = match;
    return [
      {
        start: parseInt(start, 16),
        end: parseInt(end, 16),
        executable: permissions.includes('x'),
        offset: parseInt(offset, 16),
        path,
      },
    ];
  });
}

/** The executable and libraries of a process, each once, in the order of their addresses. */
export function mappedBinaries(source: FactSource, maps: readonly Mapping[]): Binary[] {
  const paths = new Set(maps.filter(({ executable }) => executable).map(({ path }) => path));
  return [...paths].flatMap((path) => {
    const bytes = source.bytes(path);
    return (bytes && inspectBinary(path, bytes)) ?? [];
  });
}
