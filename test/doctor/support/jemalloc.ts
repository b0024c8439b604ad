import path from 'node:path';
import { existsSync } from 'node:fs';
import { binariesFolder } from '../../support/binaries.js';
import { library, ownMalloc, temporaryFolder } from './compile.js';

const built = path.join(binariesFolder, 'liballomorph-jemalloc.so');

/** The real one; in a build without it, a library that looks like one from outside. */
export function jemallocLibrary(): string {
  return existsSync(built) ? built : pretendedJemalloc('MALLOC_CONF');
}

/** What doctor recognises a jemalloc by, and the variable that this one reads. */
export function pretendedJemalloc(variable: string, malloc = ownMalloc): string {
  return library(
    path.join(temporaryFolder(), 'libpretended.so'),
    `${malloc}
     int mallctl(void) { return 0; }
     const char *variable(void) { return "${variable}"; }`,
  );
}
