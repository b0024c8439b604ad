// Backends from shared libraries: the five functions, or a malloc and its relatives. A library is
// loaded once, stays for ever, and so does its backend.
#ifndef ALLOMORPH_ALLOCATORS_SHARED_LIBRARY_H
#define ALLOMORPH_ALLOCATORS_SHARED_LIBRARY_H

#include <string>

#include "core/backend.h"

namespace allomorph {

enum class LibraryStatus : uint8_t {
  ok,
  not_loadable,    // `detail`: the dynamic linker's reason
  missing_symbol,  // `detail`: the name of a function that it does not define
  no_place         // all places for backends are taken, or memory is exhausted
};

struct Library {
  const Backend* backend;  // null unless ok
  LibraryStatus status;
  std::string detail;
};

struct LibraryRequest {
  std::string path;      // absolute
  std::string name;      // of the backend; the first load's stays
  std::string prefix;    // of the functions' names: "__rust_", "", "je_", …
  bool is_malloc;        // a malloc family instead of the five functions
  std::string identity;  // what tells this content of the file from another; may be empty
};

Library load_library_backend(const LibraryRequest& request);

// One that was loaded before, by path and prefix.
struct KnownLibrary {
  const Backend* backend;  // null: it was not
  std::string identity;
};
KnownLibrary known_library(const std::string& path, const std::string& prefix);

}  // namespace allomorph

#endif
