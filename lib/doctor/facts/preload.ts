import path from 'node:path';
import { machineName } from '../../elf/machine.js';
import { inspectBinary, type Binary } from './binary.js';
import type { PreloadEntry, PreloadProblem, ProcessFacts } from './facts.js';
import { compareVersions, glibcNeededBy, libcNeededBy } from './libc.js';
import type { Mapping } from './mapped.js';
import type { ProcessView } from './process.js';
import type { FactSource } from './source.js';

/** What of a process decides about the libraries that it is to preload. */
export interface PreloadContext {
  /** Its file system. */
  readonly source: FactSource;
  readonly view: ProcessView;
  readonly facts: ProcessFacts;
  readonly program: Binary | undefined;
  readonly maps: readonly Mapping[] | undefined;
}

const systemFile = '/etc/ld.so.preload';

/** Every library that was to be preloaded, in order, and what became of it. */
export function preloadEntries(context: PreloadContext): PreloadEntry[] {
  const own = words(context.view.environment['LD_PRELOAD'] ?? '');
  const system = words((context.source.text(systemFile) ?? '').replace(/#.*/g, ''));
  return [
    ...own.map((entry) => examine(context, entry, 'LD_PRELOAD')),
    ...system.map((entry) => examine(context, entry, systemFile)),
  ];
}

/** glibc takes blanks and colons as separators, and has no way to escape them. */
function words(list: string): string[] {
  return list.split(/[\s:]+/).filter((entry) => entry !== '');
}

function examine(context: PreloadContext, entry: string, from: PreloadEntry['from']): PreloadEntry {
  const file = locate(context, entry);
  const mapped = context.maps?.some((mapping) => mapping.path === file) ?? null;
  const bytes = file === null ? undefined : context.source.bytes(file);
  const binary = file === null || bytes === undefined ? undefined : inspectBinary(file, bytes);
  const verdict = mapped === true ? null : judge(context, { entry, from, file, mapped, binary });
  return {
    entry,
    from,
    file,
    mapped,
    problem: verdict?.[0] ?? null,
    detail: verdict?.[1] ?? '',
    isMalloc: binary?.exportsMalloc ?? false,
  };
}

interface Found {
  entry: string;
  from: PreloadEntry['from'];
  file: string | null;
  mapped: boolean | null;
  binary: Binary | undefined;
}

function judge(
  { facts, program, source }: PreloadContext,
  { entry, from, file, mapped, binary }: Found,
): [PreloadProblem, string] | null {
  if (file === null) return ['missing', `${entry} does not exist`];
  // Denied is not damaged.
  if (binary === undefined && source.denied.has(file)) return null;
  if (binary?.elf.kind !== 'shared') return ['not-a-library', `${file} is no shared library`];
  if (facts.isStatic) return ['static', `${facts.executable ?? ''} has no dynamic loader`];
  const { elf } = binary;
  if (
    program !== undefined &&
    (elf.machine !== program.elf.machine || elf.bits !== program.elf.bits)
  ) {
    const names = [elf, program.elf].map(
      ({ machine, bits }) => `${machineName(machine)} (${String(bits)} bits)`,
    );
    return [
      'wrong-architecture',
      `${file} is for ${names[0] ?? ''}, the program for ${names[1] ?? ''}`,
    ];
  }
  const needs = libcNeededBy(binary);
  if (needs !== undefined && facts.libc.name !== 'unknown' && needs !== facts.libc.name) {
    return ['wrong-libc', `${file} was built for ${needs}, the program runs on ${facts.libc.name}`];
  }
  const version = glibcNeededBy(binary);
  if (
    facts.libc.name === 'glibc' &&
    facts.libc.version !== null &&
    version !== undefined &&
    compareVersions(version, facts.libc.version) > 0
  ) {
    return ['newer-glibc', `${file} needs glibc ${version}, the program has ${facts.libc.version}`];
  }
  if (facts.secure === true && from === 'LD_PRELOAD') {
    return ['secure', 'the program runs with raised privileges (AT_SECURE)'];
  }
  return mapped === false ? ['not-mapped', `${file} is not among the files it has mapped`] : null;
}

/** As the dynamic linker does: a path as it is, a bare name in the library folders. */
function locate({ source, view, maps }: PreloadContext, entry: string): string | null {
  if (entry.includes('/') && !entry.includes('$')) {
    const file = path.posix.resolve(view.folder ?? '/', entry);
    return source.exists(file) ? source.real(file) : null;
  }
  // $ORIGIN and $LIB, like a bare name: whatever has that name and was mapped is it.
  const name = path.posix.basename(entry);
  const mapped = maps?.find((mapping) => sameName(source, mapping.path, name));
  if (mapped !== undefined) return mapped.path;
  const file = libraryFolders(view)
    .map((folder) => path.posix.join(folder, name))
    .find((candidate) => source.exists(candidate));
  return file === undefined ? null : source.real(file);
}

/** The maps show the file behind the link: libjemalloc.so.2 for libjemalloc.so. */
function sameName(source: FactSource, mapped: string, name: string): boolean {
  const link = path.posix.join(path.posix.dirname(mapped), name);
  return (
    path.posix.basename(mapped) === name || (source.exists(link) && source.real(link) === mapped)
  );
}

function libraryFolders({ environment }: ProcessView): string[] {
  const own = (environment['LD_LIBRARY_PATH'] ?? '').split(/[:;]/).filter(Boolean);
  const triplets = ['x86_64-linux-gnu', 'aarch64-linux-gnu'];
  const standard = ['/usr/local/lib', '/lib64', '/usr/lib64', '/lib', '/usr/lib'];
  return [...own, ...triplets.flatMap((name) => [`/lib/${name}`, `/usr/lib/${name}`]), ...standard];
}
