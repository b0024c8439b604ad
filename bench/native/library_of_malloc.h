#ifndef ALLOMORPH_BENCH_LIBRARY_OF_MALLOC_H
#define ALLOMORPH_BENCH_LIBRARY_OF_MALLOC_H

// The program defines _GNU_SOURCE.
#include <dlfcn.h>
#include <stdlib.h>

// Which library the process's malloc comes from: the proof that the preload
// worked, which the dynamic linker only warns about when it did not. The program
// is position-independent, so that the address is malloc's own and not a PLT entry's.
static const char* library_of_malloc(void) {
  static char path[4096];
  Dl_info info;
  void* address = dlsym(RTLD_DEFAULT, "malloc");
  if (address == NULL || dladdr(address, &info) == 0) return "";
  return realpath(info.dli_fname, path) == NULL ? info.dli_fname : path;
}

#endif
