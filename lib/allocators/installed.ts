import { readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';

/** An allocator library found on this machine. */
export interface InstalledLibrary {
  readonly name: string;
  readonly path: string;
  /** From the file name, such as 2.0 for libmimalloc.so.2.0; null when it says none. */
  readonly version: string | null;
}

/** Allocators that are made to be preloaded, by the names of their libraries. */
const known: readonly { name: string; file: RegExp }[] = [
  { name: 'jemalloc', file: /^(?:libjemalloc|liballomorph-jemalloc)\.so(?:\.|$)/ },
  { name: 'mimalloc', file: /^libmimalloc\.so(?:\.|$)/ },
  { name: 'tcmalloc', file: /^libtcmalloc_minimal\.so(?:\.|$)/ },
  { name: 'tcmalloc', file: /^libtcmalloc\.so(?:\.|$)/ },
  { name: 'snmalloc', file: /^libsnmallocshim\.so(?:\.|$)/ },
  { name: 'rpmalloc', file: /^librpmalloc(?:wrap)?\.so(?:\.|$)/ },
];

/** Which allocator a library is, by its file name; the file name itself when it is none we know. */
export function kindOfFile(file: string): string {
  const name = path.basename(file);
  return known.find((candidate) => candidate.file.test(name))?.name ?? name;
}

/** Whether the file name is that of an allocator that replaces malloc. */
export function isAllocatorFile(file: string): boolean {
  const name = path.basename(file);
  return known.some(({ file: form }) => form.test(name));
}

const debianTriplets: Partial<Record<NodeJS.Architecture, string>> = {
  x64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
  arm: 'arm-linux-gnueabihf',
  ppc64: 'powerpc64le-linux-gnu',
  riscv64: 'riscv64-linux-gnu',
  s390x: 's390x-linux-gnu',
};

/**
 * Looks through the library folders of this platform. Each file once, however many links point
 * at it. Nothing is loaded.
 */
export function installedLibraries(): InstalledLibrary[] {
  const found = new Map<string, InstalledLibrary>();
  for (const folder of libraryFolders()) {
    for (const file of list(folder)) {
      const match = known.find((candidate) => candidate.file.test(file));
      if (match === undefined) continue;
      const real = resolve(path.join(folder, file));
      if (real === undefined || found.has(real)) continue;
      found.set(real, { name: match.name, path: real, version: versionOf(real) });
    }
  }
  return [...found.values()];
}

function libraryFolders(): string[] {
  if (process.platform !== 'linux') return [];
  const triplet = debianTriplets[process.arch];
  const folders = ['/usr/local/lib', '/usr/lib64', '/usr/lib', '/lib64', '/lib'];
  return triplet === undefined
    ? folders
    : [`/usr/local/lib/${triplet}`, `/usr/lib/${triplet}`, `/lib/${triplet}`, ...folders];
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // absent folders are the rule: each distribution has two or three of them
  }
}

function resolve(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined; // a dangling link
  }
}

function versionOf(file: string): string | null {
  return /\.so\.([\d.]+)$/.exec(file)?.[1] ?? null;
}
