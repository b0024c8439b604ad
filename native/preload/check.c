/*
 * liballomorph-check.so: proves, inside the new process and before its main
 * runs, that the allocator asked for is the one malloc resolves to. LD_PRELOAD
 * alone fails open: a library that cannot be loaded is skipped with a warning,
 * and one that comes too late in the order is not used.
 *
 * ALLOMORPH_EXPECT_MALLOC holds the absolute path of the library that malloc
 * must come from, or "libc". Without the variable this library does nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/linux_symbols.h"

/* Exit status of `allomorph run` for failures of its own; docs/cli. */
enum { allomorph_failed = 125 };

static const char variable[] = "ALLOMORPH_EXPECT_MALLOC";

static int same_file(const char *left, const char *right) {
  struct stat a, b;
  if (stat(left, &a) != 0 || stat(right, &b) != 0) return strcmp(left, right) == 0;
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static int is_libc(const char *path) {
  const char *slash = strrchr(path, '/');
  const char *name = slash != NULL ? slash + 1 : path;
  return strncmp(name, "libc.so", 7) == 0 || strncmp(name, "libc-", 5) == 0 ||
         strncmp(name, "ld-musl-", 8) == 0 || strncmp(name, "libc.musl-", 10) == 0;
}

static _Noreturn void refuse(const char *expected, const char *found) {
  dprintf(STDERR_FILENO,
          "allomorph: the process was to run on the malloc of %s, but its malloc comes from %s. "
          "It was ended before its main ran. Look for another malloc earlier in LD_PRELOAD or "
          "linked into the program.\n",
          expected, found);
  _exit(allomorph_failed);
}

__attribute__((constructor)) static void check_malloc(void) {
  const char *expected = getenv(variable);
  if (expected == NULL) return;
  char found[4096];
  if (allomorph_defining_library("malloc", found, sizeof found) != 0) {
    refuse(expected, "a place that cannot be told");
  }
  const int active = strcmp(expected, "libc") == 0 ? is_libc(found) : same_file(expected, found);
  if (!active) refuse(expected, found);
  /* It was meant for this process, not for its children. */
  unsetenv(variable);
}
