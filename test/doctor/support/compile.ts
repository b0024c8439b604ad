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

/** A malloc family that hands out memory and never takes it back: enough for a program that waits. */
export const ownMalloc = `
  #include <stddef.h>
  #include <string.h>
  static _Alignas(16) char heap[1 << 20];
  static size_t used;
  void *malloc(size_t size) {
    size_t whole = 16 + ((size + 15) & ~(size_t)15);
    if (whole > sizeof heap - used) return NULL;
    char *block = heap + used + 16;
    used += whole;
    *(size_t *)(block - 16) = size;
    return block;
  }
  void free(void *block) { (void)block; }
  void *calloc(size_t count, size_t size) { return malloc(count * size); }
  void *realloc(void *block, size_t size) {
    void *moved = malloc(size);
    if (block == NULL || moved == NULL) return moved;
    size_t old = *(size_t *)((char *)block - 16);
    return memcpy(moved, block, old < size ? old : size);
  }`;

/** A program that loads the library it is told to, with RTLD_DEEPBIND, and waits to be looked at. */
export const waitingProgram = `
  #define _GNU_SOURCE
  #include <dlfcn.h>
  #include <unistd.h>
  #ifndef FLAGS
  #define FLAGS (RTLD_NOW | RTLD_DEEPBIND)
  #endif
  int main(int count, char **arguments) {
  #ifndef STATIC
    if (count > 1 && dlopen(arguments[1], FLAGS) == NULL) return 1;
  #endif
    if (write(1, "ready", 5) != 5) return 1;
    (void)count, (void)arguments;
    for (;;) pause();
  }`;
