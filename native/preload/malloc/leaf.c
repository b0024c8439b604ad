#define _GNU_SOURCE
#include "leaf.h"

#include <dlfcn.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>

#include "compose/malloc_family.h"
#include "compose/table.h"
#include "libc_malloc.h"
#include "message.h"
#include "spec.h"

static const char* const five_names[] = {"__rust_allocate", "__rust_deallocate",
                                         "__rust_reallocate", "__rust_reallocate_inplace",
                                         "__rust_usable_size"};
enum { five = 5 };

/* dlsym also looks into what the library is linked with, and the C library has a malloc as well. */
static void* own_function(void* library, const char* name) {
  struct link_map* map;
  Dl_info place, own;
  void* function = dlsym(library, name);
  if (function == NULL || dlinfo(library, RTLD_DI_LINKMAP, &map) != 0) return NULL;
  const bool is_own = dladdr(function, &place) != 0 && dladdr(map->l_ld, &own) != 0 &&
                      place.dli_fbase == own.dli_fbase;
  return is_own ? function : NULL;
}

/* Null: it has none of the five. One that has some of them is refused. */
static allomorph_allocator* five_functions_leaf(void* library, const char* path) {
  static allomorph_abi table = {.version = ALLOMORPH_ABI_VERSION, .struct_size = sizeof table};
  void** const places[five] = {(void**)&table.allocate, (void**)&table.deallocate,
                               (void**)&table.reallocate, (void**)&table.reallocate_inplace,
                               (void**)&table.usable_size};
  struct message missing = {.length = 0};
  size_t found = 0;
  for (size_t index = 0; index < five; index++) {
    *places[index] = dlsym(library, five_names[index]);
    if (*places[index] != NULL) {
      found++;
    } else {
      message_text(&missing, " ");
      message_text(&missing, five_names[index]);
    }
  }
  if (found == 0) return NULL;
  missing.text[missing.length] = '\0';
  if (found < five) {
    start_failed("the library ", path, " lacks", missing.text,
                 "; all five functions of the allocator ABI are needed.", NULL);
  }
  table.name = path;
  return allomorph_table_allocator(&table);
}

static bool find_jemalloc(void* library, struct jemalloc* api) {
  *(void**)&api->mallocx = own_function(library, "mallocx");
  *(void**)&api->rallocx = own_function(library, "rallocx");
  *(void**)&api->xallocx = own_function(library, "xallocx");
  *(void**)&api->sdallocx = own_function(library, "sdallocx");
  *(void**)&api->nallocx = own_function(library, "nallocx");
  return api->mallocx != NULL && api->rallocx != NULL && api->xallocx != NULL &&
         api->sdallocx != NULL && api->nallocx != NULL;
}

static bool find_family(void* library, allomorph_malloc_family* family) {
  *(void**)&family->malloc = own_function(library, "malloc");
  *(void**)&family->free = own_function(library, "free");
  *(void**)&family->realloc = own_function(library, "realloc");
  *(void**)&family->posix_memalign = own_function(library, "posix_memalign");
  *(void**)&family->memalign = own_function(library, "memalign");
  *(void**)&family->aligned_alloc = own_function(library, "aligned_alloc");
  return family->malloc != NULL && family->free != NULL && family->realloc != NULL &&
         (family->posix_memalign != NULL || family->memalign != NULL ||
          family->aligned_alloc != NULL);
}

static allomorph_allocator* library_leaf(const char* path) {
  void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    const char* reason = dlerror();
    start_failed("the library ", path, " cannot be loaded: ", reason, ".", NULL);
  }
  allomorph_allocator* leaf = five_functions_leaf(library, path);
  if (leaf != NULL) return leaf;
  /* The program's operator new would be the library's, and free of such a block comes to us: only
     where the library stands for the C library's malloc as well does it come back. */
  if (own_function(library, "_Znwm") != NULL && own_function(library, "__libc_free") == NULL) {
    start_failed("the library ", path,
                 " brings operator new of its own, whose blocks free would not know behind the "
                 "interposer. Use a build without C++ (jemalloc: --disable-cxx).",
                 NULL);
  }
  struct jemalloc jemalloc;
  if (find_jemalloc(library, &jemalloc)) return jemalloc_leaf(&jemalloc);
  allomorph_malloc_family family;
  if (find_family(library, &family)) return allomorph_malloc_family_allocator(&family);
  start_failed(
      "the library ", path,
      " is no allocator: it exports neither the five functions (__rust_allocate and so on) "
      "nor malloc, free, realloc and posix_memalign, memalign or aligned_alloc.",
      NULL);
}

allomorph_allocator* leaf_open(const char* name) {
  if (strcmp(name, "system") == 0) {
    libc_free(libc_malloc(1)); /* looks the functions up */
    const allomorph_malloc_family libc = {.malloc = allomorph_libc.malloc,
                                          .free = allomorph_libc.free,
                                          .realloc = allomorph_libc.realloc,
                                          .memalign = allomorph_libc.memalign};
    return allomorph_malloc_family_allocator(&libc);
  }
  if (name[0] == '/') return library_leaf(name);
  start_failed(spec_origin(), " ends in \"", name,
               "\", which is neither system nor the absolute path of a library.", NULL);
}
