#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guard.h"
#include "platform/linux_symbols.h"

static int same_file(const char* left, const char* right) {
  struct stat a, b;
  if (stat(left, &a) != 0 || stat(right, &b) != 0) return strcmp(left, right) == 0;
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static int is_libc(const char* path) {
  const char* slash = strrchr(path, '/');
  const char* name = slash != NULL ? slash + 1 : path;
  return strncmp(name, "libc.so", 7) == 0 || strncmp(name, "libc-", 5) == 0 ||
         strncmp(name, "ld-musl-", 8) == 0 || strncmp(name, "libc.musl-", 10) == 0;
}

static int is_loaded(const char* path) {
  void* library = dlopen(path, RTLD_LAZY | RTLD_NOLOAD);
  if (library != NULL) dlclose(library);
  return library != NULL;
}

static const char* reason(const struct plan* plan) {
  if (strcmp(plan->library, "libc") == 0)
    return "Something in LD_PRELOAD or linked into it brings its own.";
  if (!is_loaded(plan->library)) {
    return "The library could not be loaded; the dynamic linker's message above says why.";
  }
  return "The library is loaded but not used: it exports no malloc, or another malloc stands "
         "before "
         "it in LD_PRELOAD or is linked into the program.";
}

void guard_verify(const struct plan* plan) {
  char found[4096];
  if (allomorph_defining_library("malloc", found, sizeof found) != 0) {
    strcpy(found, "a place that cannot be told");
  }
  const int active =
      strcmp(plan->library, "libc") == 0 ? is_libc(found) : same_file(plan->library, found);
  if (active) return;
  dprintf(STDERR_FILENO,
          "allomorph: the process was to run on the malloc of %s, but its malloc comes from %s. %s "
          "The process was ended before its main ran (--no-verify lets it run).\n",
          plan->library, found, reason(plan));
  _exit(allomorph_failed);
}
