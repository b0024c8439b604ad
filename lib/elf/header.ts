import { Dynamic } from './dynamic.js';
import { ElfReader, segmentTypes } from './reader.js';
import { unlessDamaged, withFile } from './source.js';

/** What decides whether a program or library can be used here. */
export interface ElfHeader {
  readonly bits: 32 | 64;
  /** `e_machine`; see `machineName`. */
  readonly machine: number;
  /** The dynamic linker it names; null: statically linked, or a library. */
  readonly interpreter: string | null;
  /** Whether the file holds all that its segments say it does. */
  readonly complete: boolean;
  /** Bytes of thread-local variables that need room at a fixed place of every thread; 0: none do. */
  readonly staticTls: number;
}

/**
 * Reads the header and a few small tables, whatever the size of the file.
 * @returns null when the file is no ELF file; `complete` is false when it ends too early
 * @throws what the file system throws
 */
export function readElfHeader(file: string): ElfHeader | null {
  return withFile(file, (source) => {
    const reader = ElfReader.of(source);
    if (reader === undefined) return null;
    const { bits, machine } = reader;
    return (
      unlessDamaged(() => ({ bits, machine, ...contentOf(reader) })) ?? {
        ...{ bits, machine, interpreter: null, complete: false, staticTls: 0 },
      }
    );
  });
}

function contentOf(reader: ElfReader): Pick<ElfHeader, 'interpreter' | 'complete' | 'staticTls'> {
  const { length } = reader.source;
  const complete = reader.segments.every(
    ({ type, offset, size }) => type !== segmentTypes.load || offset + size <= length,
  );
  const threadLocal = reader.segment(segmentTypes.threadLocal)?.memorySize ?? 0;
  return {
    interpreter: reader.interpreter ?? null,
    complete,
    staticTls: complete && new Dynamic(reader).hasStaticTls ? threadLocal : 0,
  };
}
