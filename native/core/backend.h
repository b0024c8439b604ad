// A backend: one allocator behind the five functions, and who it is.
#ifndef ALLOMORPH_CORE_BACKEND_H
#define ALLOMORPH_CORE_BACKEND_H

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "abi/allomorph.h"

namespace allomorph {

// Small and dense: counters and the block table index by it. Above the two that
// are built in stand those that are opened at run time (core/open_backends.h).
enum class BackendId : uint8_t { system = 0, jemalloc = 1 };
inline constexpr size_t built_in_backends = 2;
inline constexpr size_t max_backends = 64;

struct Backend {
  BackendId id;
  // What every door calls: the backend with its live blocks and bytes counted.
  allomorph_abi abi;
  // The same without the counting, for what counts a whole batch at once, and
  // for measuring what counting costs.
  allomorph_abi uncounted;

  std::string_view name() const {
    return abi.name;
  }
};

// Backends register themselves before main or while the addon is loaded; the
// object must live for ever. `core` knows no allocator by itself: allocators/
// is above it.
void register_backend(const Backend& backend);

// Null when there is no such backend: not built in and the process does not run
// on it, or never opened.
const Backend* find_backend(BackendId id);
const Backend* find_backend(std::string_view name);

}  // namespace allomorph

#endif
