import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import type { Elf } from '../../elf/elf.js';
import { importedSymbolIndexes } from '../../elf/defined-symbols.js';
import type { Binary } from './binary.js';
import type { Mapping } from './mapped.js';
import type { ProcessView } from './process.js';
import type { FactSource } from './source.js';

/**
 * Where the calls of malloc in a loaded library really go: the dynamic linker has left the
 * address in the slot that the library's relocation for `malloc` names. This is what shows an
 * RTLD_DEEPBIND that no name tells of. By path of the library; those that have not called malloc yet
 * (lazy binding) and those whose memory we may not read are left out.
 */
export function boundMallocs(
  source: FactSource,
  { proc }: ProcessView,
  maps: readonly Mapping[],
  binaries: readonly Binary[],
): Map<string, string> {
  const bound = new Map<string, string>();
  const memory = open(path.join(source.root, proc, 'mem'));
  if (memory === undefined) return bound;
  try {
    for (const binary of binaries) {
      const base = maps.find((mapping) => mapping.path === binary.path && mapping.offset === 0);
      if (base === undefined || binary.elf.bits !== 64) continue;
      const target = slots(binary.elf)
        .map((slot) => readAddress(memory, base.start - binary.elf.firstAddress + slot))
        .map((address) => maps.find(({ start, end }) => address >= start && address < end)?.path)
        .find((owner) => owner !== undefined && owner !== binary.path);
      if (target !== undefined) bound.set(binary.path, target);
    }
  } finally {
    closeSync(memory);
  }
  return bound;
}

/** Addresses, as the file counts them, of the pointers to malloc. */
function slots(elf: Elf): number[] {
  const indexes = new Set(importedSymbolIndexes(elf, 'malloc'));
  if (indexes.size === 0) return [];
  return elf.relocationTables.flatMap(({ range, withAddend }) => {
    const size = withAddend ? 24 : 16;
    const found: number[] = [];
    for (let at = range.start; at + size <= range.end; at += size) {
      // r_info of the 64-bit class: the symbol is the upper half.
      const symbol = elf.bytes.readUInt32LE(at + (elf.littleEndian ? 12 : 8));
      if (indexes.has(symbol)) found.push(Number(elf.bytes.readBigUInt64LE(at)));
    }
    return found;
  });
}

function open(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch {
    return undefined; // reading memory needs more rights than reading maps: not worth a complaint
  }
}

function readAddress(memory: number, address: number): number {
  const bytes = Buffer.alloc(8);
  try {
    readSync(memory, bytes, 0, 8, address);
  } catch {
    return 0; // not mapped any more
  }
  return Number(bytes.readBigUInt64LE());
}
