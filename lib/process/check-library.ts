import { statSync } from 'node:fs';
import { readElfHeader, type ElfHeader } from '../elf/header.js';
import { LaunchError } from './failure.js';
import { nodeExecutable } from './find-executable.js';

/** The largest page that the vendored jemalloc is built for; --with-lg-page in scripts/jemalloc/flavours.mjs. */
const largestPage: Partial<Record<NodeJS.Architecture, number>> = { arm64: 65_536 };

/**
 * Refuses what the dynamic linker would only warn about before it started the program on the
 * old allocator.
 * @returns the path
 */
export function checkLibrary(file: string): string {
  if (/[\s:]/.test(file)) {
    throw new LaunchError(
      `The library path "${file}" contains a space or a colon, which LD_PRELOAD cannot express. ` +
        'Move or link the library (or the project) to a path without them.',
    );
  }
  return checkElf(file);
}

/** The same for a library that is opened later: any path will do. */
export function checkElf(file: string): string {
  const elf = readHeader(file);
  const own = ownHeader();
  if (elf === null) throw new LaunchError(`${file} is not a shared library (no ELF file).`);
  if (elf.bits !== own.bits || elf.machine !== own.machine) {
    throw new LaunchError(
      `${file} is a library for another architecture (${String(elf.bits)} bits, ELF machine ${String(elf.machine)}); ` +
        `Node here is ${process.arch}. Install the library for ${process.arch}.`,
    );
  }
  if (!elf.complete) {
    throw new LaunchError(
      `${file} is truncated: its segments reach beyond its end. Install it again.`,
    );
  }
  return file;
}

/** @throws LaunchError when the kernel's pages are larger than the vendored jemalloc can handle */
export function checkPageSize(pageSize: number): void {
  const largest = largestPage[process.arch] ?? 4096;
  if (pageSize <= largest) return;
  throw new LaunchError(
    `This kernel has pages of ${String(pageSize)} bytes; the jemalloc of this build handles up to ${String(largest)}. ` +
      'Build allomorph on this machine, or use --allocator system.',
  );
}

function readHeader(file: string): ElfHeader | null {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) {
    throw new LaunchError(
      `The library ${file} does not exist. Give the path of an allocator's .so file.`,
    );
  }
  if (!stats.isFile()) throw new LaunchError(`The library ${file} is not a file.`);
  try {
    return readElfHeader(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LaunchError(`The library ${file} cannot be read: ${reason}`);
  }
}

let own: ElfHeader | undefined;

/** Also of a Node whose file was replaced or removed while it runs. */
function runningHeader(): ElfHeader | null {
  try {
    return readElfHeader('/proc/self/exe');
  } catch {
    return readElfHeader(nodeExecutable()); // no /proc, or --permission
  }
}

/** The header of the running Node, which is what every library must fit. */
export function ownHeader(): ElfHeader {
  own ??= runningHeader() ?? undefined;
  if (own === undefined) throw new LaunchError(`${process.execPath} is not an ELF file.`);
  return own;
}
