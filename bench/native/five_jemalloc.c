// The five functions over a jemalloc that the process has, as thin as they can be: what the
// interposer on the same jemalloc is compared with.

#include <stddef.h>
#include <stdint.h>

extern void* mallocx(size_t size, int flags);
extern void sdallocx(void* ptr, size_t size, int flags);
extern void* rallocx(void* ptr, size_t size, int flags);
extern size_t xallocx(void* ptr, size_t size, size_t extra, int flags);
extern size_t nallocx(size_t size, int flags);

static int flags_of(size_t size, size_t align) {
  return align <= 16 && align <= size ? 0 : __builtin_ctzll(align);
}

uint8_t* __rust_allocate(size_t size, size_t align) {
  return mallocx(size, flags_of(size, align));
}

void __rust_deallocate(uint8_t* ptr, size_t old_size, size_t align) {
  sdallocx(ptr, old_size, flags_of(old_size, align));
}

uint8_t* __rust_reallocate(uint8_t* ptr, size_t old_size, size_t size, size_t align) {
  (void)old_size;
  return rallocx(ptr, size, flags_of(size, align));
}

size_t __rust_reallocate_inplace(uint8_t* ptr, size_t old_size, size_t size, size_t align) {
  (void)old_size;
  return xallocx(ptr, size, 0, flags_of(size, align));
}

size_t __rust_usable_size(size_t size, size_t align) {
  return nallocx(size, flags_of(size, align));
}
