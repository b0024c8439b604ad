import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const made: string[] = [];

/** A folder that is removed when the tests of the file are over (see {@link removeFolders}). */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-doctor-'));
  made.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
}

/** Compiles a piece of C with the system's compiler. */
export function compile(file: string, source: string, flags: readonly string[]): string {
  const code = `${file}.c`;
  writeFileSync(code, source);
  execFileSync('cc', ['-o', file, code, ...flags], { stdio: ['ignore', 'ignore', 'inherit'] });
  return file;
}

const shared = ['-shared', '-fPIC'];

/** A library that calls malloc when it is loaded, and stays when dlopen's caller has no use for it. */
export function library(file: string, source = callsMalloc, flags: readonly string[] = []): string {
  return compile(file, source, [...shared, '-Wl,-z,nodelete', ...flags]);
}

const callsMalloc = `
  #include <stdlib.h>
  void *kept;
  __attribute__((constructor)) static void start(void) { kept = malloc(100); }`;

/** A malloc family that hands out memory and never takes it back. */
export const ownMalloc = `
  #include <stddef.h>
  #include <string.h>
  static char heap[1 << 20];
  static size_t used;
  void *malloc(size_t size) {
    void *block = heap + used;
    used += (size + 31) & ~(size_t)15;
    return used > sizeof heap ? NULL : block;
  }
  void free(void *block) { (void)block; }`;
