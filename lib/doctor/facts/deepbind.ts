import path from 'node:path';

/**
 * Libraries that are loaded with RTLD_DEEPBIND. The flag is an argument of a call, and nothing in
 * the library itself tells of it, so that they can only be known by name. With the flag, a library
 * calls the C library's malloc and free, while the C library itself calls the preloaded ones: what
 * it returns to be freed (asprintf, realpath, getline) is freed by the other allocator.
 */
const known: readonly { file: RegExp; by: string }[] = [
  { file: /^libquery_engine-.*\.node$/, by: 'Prisma (prisma/orm#18426)' },
  { file: /^libtbbbind(?:_\d+)*\.so/, by: 'oneTBB (oneTBB#1645), used by OpenVINO' },
  { file: /^libze_intel_.*\.so/, by: 'the Level Zero loader (unified-runtime#803)' },
  { file: /^libigc\.so/, by: "Intel's GPU drivers (unified-runtime#803)" },
];

/** Who loads this file with RTLD_DEEPBIND; null: not known to be. */
export function deepbindUser(file: string): string | null {
  const name = path.posix.basename(file);
  return known.find((candidate) => candidate.file.test(name))?.by ?? null;
}
