#include "pages.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstdint>

namespace {

// free() leaves errno alone, and a program may look at it afterwards.
class KeepErrno {
 public:
  ~KeepErrno() {
    errno = saved;
  }

 private:
  int saved = errno;
};

std::uint8_t* map(std::size_t size) {
  void* start = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return start == MAP_FAILED ? nullptr : static_cast<std::uint8_t*>(start);
}

}  // namespace

void* pages_map(std::size_t size, std::size_t align) {
  std::uint8_t* start = map(size);
  if (start == nullptr || (reinterpret_cast<std::uintptr_t>(start) & (align - 1)) == 0)
    return start;
  pages_unmap(start, size);

  if (size > PTRDIFF_MAX - align) return nullptr;
  start = map(size + align);
  if (start == nullptr) return nullptr;
  std::size_t before = -reinterpret_cast<std::uintptr_t>(start) & (align - 1);
  if (before != 0) pages_unmap(start, before);
  if (before != align) pages_unmap(start + before + size, align - before);
  return start + before;
}

void pages_unmap(void* start, std::size_t size) {
  KeepErrno keep;
  munmap(start, size);
}

bool pages_resize(void* start, std::size_t old_size, std::size_t size) {
  KeepErrno keep;
  return mremap(start, old_size, size, 0) != MAP_FAILED;
}

void* pages_move(void* start, std::size_t old_size, std::size_t size) {
  void* moved = mremap(start, old_size, size, MREMAP_MAYMOVE);
  return moved == MAP_FAILED ? nullptr : moved;
}
