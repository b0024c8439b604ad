// The C library's malloc, as Rust's alloc_system bound it. In a process that
// runs on another malloc (LD_PRELOAD), that one is the C library's for all
// purposes here.

#include "core/backend.h"
#include "core/counted.h"
#include "platform/platform.h"

namespace allomorph {
namespace {

struct System {
  static constexpr BackendId id = BackendId::system;

  static uint8_t* allocate(size_t size, size_t align) {
    return platform::heap_allocate(size, align);
  }
  static void deallocate(uint8_t* ptr, size_t /*old_size*/, size_t align) {
    platform::heap_deallocate(ptr, align);
  }
  static uint8_t* reallocate(uint8_t* ptr, size_t old_size, size_t size, size_t align) {
    return platform::heap_reallocate(ptr, old_size, size, align);
  }
  static size_t reallocate_inplace(uint8_t* ptr, size_t old_size, size_t size, size_t align) {
    return platform::heap_reallocate_inplace(ptr, old_size, size, align);
  }
  static size_t usable_size(size_t size, size_t /*align*/) {
    return size;
  }
};

const Backend backend = make_backend<System>("system");
const bool registered = (register_backend(backend), true);

}  // namespace
}  // namespace allomorph
