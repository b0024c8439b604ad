#define _GNU_SOURCE
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
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

static int is_object(struct dl_phdr_info* info, size_t unused, void* path) {
  (void)unused;
  return info->dlpi_name != NULL && info->dlpi_name[0] == '/' && same_file(path, info->dlpi_name);
}

/* Without dlopen, which allocates, and fails where the allocator has no memory to give. */
static int is_loaded(const char* path) {
  return dl_iterate_phdr(is_object, (void*)path) != 0;
}

/* Building blocks can be told to give no memory: limited, failing. The search for malloc takes
   some. */
static int has_blocks(const char* library) {
  const char* slash = strrchr(library, '/');
  return slash != NULL && strcmp(slash + 1, "liballomorph-malloc.so") == 0;
}

static int has_memory(void) {
  void* volatile block = malloc(4096);
  free(block);
  return block != NULL;
}

static const char* reason(const struct plan* plan) {
  if (strcmp(plan->library, "libc") == 0)
    return "Something in LD_PRELOAD or linked into it brings its own.";
  if (!is_loaded(plan->library)) {
    return "The library could not be loaded; the dynamic linker's message above says why.";
  }
  if (has_blocks(plan->library)) {
    return "The library is loaded; either a building block gave no memory to look further "
           "(limited, failing), or another malloc stands before it in LD_PRELOAD or is linked "
           "into the program.";
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
  if (has_blocks(plan->library) && is_loaded(plan->library) && !has_memory()) {
    static const char message[] =
        "allomorph: the process was to run on building blocks that gave it no memory to start with "
        "(limited, failing): not even what its malloc is could be found out. The process was ended "
        "before its main ran (--no-verify lets it run).\n";
    const ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
    (void)written; /* nobody is left to be told */
    _exit(allomorph_failed);
  }
  dprintf(STDERR_FILENO,
          "allomorph: the process was to run on the malloc of %s, but its malloc comes from %s. %s "
          "The process was ended before its main ran (--no-verify lets it run).\n",
          plan->library, found, reason(plan));
  _exit(allomorph_failed);
}
