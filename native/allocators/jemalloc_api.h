// The functions of the one jemalloc that the `jemalloc` backend uses: the
// process's own when malloc itself is a jemalloc (one jemalloc per process),
// else the vendored one, else none.
#ifndef ALLOMORPH_ALLOCATORS_JEMALLOC_API_H
#define ALLOMORPH_ALLOCATORS_JEMALLOC_API_H

#include <cstddef>

namespace allomorph {

// Signatures of jemalloc's non-standard API, jemalloc(3).
struct JemallocApi {
  void* (*mallocx)(size_t size, int flags);
  void* (*rallocx)(void* ptr, size_t size, int flags);
  size_t (*xallocx)(void* ptr, size_t size, size_t extra, int flags);
  void (*sdallocx)(void* ptr, size_t size, int flags);
  size_t (*nallocx)(size_t size, int flags);
  int (*mallctl)(const char* name, void* oldp, size_t* oldlenp, void* newp, size_t newlen);
  // True: malloc of the whole process is this jemalloc.
  bool is_process_malloc;
};

// Null when there is none. Resolved once, while the addon is loaded.
const JemallocApi* jemalloc_api();

}  // namespace allomorph

#endif
