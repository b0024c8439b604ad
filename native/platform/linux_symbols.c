#define _GNU_SOURCE
#include "platform/linux_symbols.h"

#include <dlfcn.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

static int copy_path(const char* from, char* path, size_t size) {
  /* The executable is named as it was started ("node"): not a path. */
  if (from[0] != '/') {
    const ssize_t length = readlink("/proc/self/exe", path, size - 1);
    if (length <= 0) return -1;
    path[length] = '\0';
    return 0;
  }
  if (strlen(from) >= size) return -1;
  strcpy(path, from);
  return 0;
}

/* True when the address is a PLT entry that stands for a function defined
   elsewhere: its symbol is undefined and yet has a value. */
static int is_stand_in(const void* address) {
  /* Looked up at run time: musl has no dladdr1, and no such addresses either. */
  typedef int dladdr1_function(const void*, Dl_info*, void**, int);
  dladdr1_function* dladdr1_ = (dladdr1_function*)dlsym(RTLD_DEFAULT, "dladdr1");
  Dl_info info;
  void* entry = NULL;
  const int want_symbol = 1; /* RTLD_DL_SYMENT */
  if (dladdr1_ == NULL || dladdr1_(address, &info, &entry, want_symbol) == 0 || entry == NULL) {
    return 0;
  }
  return ((const ElfW(Sym)*)entry)->st_shndx == SHN_UNDEF;
}

struct search {
  const char* symbol;
  char* path;
  size_t size;
  /* Objects to pass over: dlopen must not be called from dl_iterate_phdr, so each
     step of the search walks the list again up to where it stands. */
  int skip;
};

static int nth_object(struct dl_phdr_info* info, size_t unused, void* data) {
  struct search* search = data;
  (void)unused;
  if (search->skip-- > 0) return 0;
  if (info->dlpi_name == NULL || strlen(info->dlpi_name) >= search->size) {
    search->path[0] = '\0';
  } else {
    strcpy(search->path, info->dlpi_name);
  }
  return 1;
}

/* True when the object itself defines the symbol, and not one it depends on. */
static int defines(const char* path, const char* symbol) {
  void* object = dlopen(path, RTLD_LAZY | RTLD_NOLOAD);
  if (object == NULL) return 0;
  const void* address = dlsym(object, symbol);
  Dl_info info;
  const int found = address != NULL && dladdr(address, &info) != 0 && info.dli_fname != NULL &&
                    strcmp(info.dli_fname, path) == 0;
  dlclose(object);
  return found;
}

int allomorph_defining_library(const char* symbol, char* path, size_t size) {
  const void* address = dlsym(RTLD_DEFAULT, symbol);
  Dl_info info;
  if (address == NULL || dladdr(address, &info) == 0 || info.dli_fname == NULL) return -1;
  if (!is_stand_in(address)) return copy_path(info.dli_fname, path, size);
  /* In the order in which they were loaded, which is the order in which calls
     are resolved. The first is the executable. */
  for (int index = 1;; index++) {
    struct search search = {symbol, path, size, index};
    if (dl_iterate_phdr(nth_object, &search) == 0) return -1;
    if (path[0] == '/' && defines(path, symbol)) return 0;
  }
}
