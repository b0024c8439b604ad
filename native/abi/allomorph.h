/*
 * The five-function allocator ABI of Rust before 1.28 (RFC 1183; the crates
 * alloc_system and alloc_jemalloc), kept exact. Plain C, no dependency: this
 * file is the whole contract between allomorph and code that shares its
 * allocator.
 *
 * Sizes and alignments are bytes. Undefined for all five functions: size 0, an
 * alignment that is not a power of two, a null pointer, a pointer that this
 * allocator did not hand out.
 *
 * `old_size` may be any value from the size that was asked for up to the usable
 * size. After reallocate_inplace, pass the size it returned: that value is
 * always in the range, also when a shrink left the block as large as it was.
 */
#ifndef ALLOMORPH_H
#define ALLOMORPH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ALLOMORPH_ABI_VERSION 1

#if defined(_WIN32)
#define ALLOMORPH_EXPORT __declspec(dllexport)
#else
#define ALLOMORPH_EXPORT __attribute__((visibility("default")))
#endif

typedef struct allomorph_abi {
  /* ALLOMORPH_ABI_VERSION of the code that filled the table. Check it first. */
  uint32_t version;
  /* sizeof(allomorph_abi) of the code that filled the table. Fields are only
     ever added at the end, so a reader may use every field below this size. */
  uint32_t struct_size;
  /* "system", "jemalloc", ... Static storage. */
  const char* name;

  /* A block of at least `size` bytes aligned to `align`, or null when memory is
     exhausted. Pairs with deallocate of the same table. Thread-safe. */
  uint8_t* (*allocate)(size_t size, size_t align);

  /* Gives a block back. `align` is the one it was allocated with. Any thread. */
  void (*deallocate)(uint8_t* ptr, size_t old_size, size_t align);

  /* The block with room for `size` bytes, perhaps at another address, content
     kept up to min(old_size, size), alignment kept. Null when memory is
     exhausted: then the old block is intact and still the caller's. */
  uint8_t* (*reallocate)(uint8_t* ptr, size_t old_size, size_t size, size_t align);

  /* Resizes without moving. The result is the usable size the block now has;
     it succeeded if and only if result >= size. */
  size_t (*reallocate_inplace)(uint8_t* ptr, size_t old_size, size_t size, size_t align);

  /* The size that a block from allocate(size, align) can really hold. Pure,
     >= size. */
  size_t (*usable_size)(size_t size, size_t align);
} allomorph_abi;

/*
 * The table of the global backend. The first call settles the choice: from then
 * on it stays the same for the life of the process.
 */
ALLOMORPH_EXPORT const allomorph_abi* allomorph_global_abi(void);

/* The five functions themselves; they go to the global backend. */
ALLOMORPH_EXPORT uint8_t* __rust_allocate(size_t size, size_t align);
ALLOMORPH_EXPORT void __rust_deallocate(uint8_t* ptr, size_t old_size, size_t align);
ALLOMORPH_EXPORT uint8_t* __rust_reallocate(uint8_t* ptr, size_t old_size, size_t size,
                                            size_t align);
ALLOMORPH_EXPORT size_t __rust_reallocate_inplace(uint8_t* ptr, size_t old_size, size_t size,
                                                  size_t align);
ALLOMORPH_EXPORT size_t __rust_usable_size(size_t size, size_t align);

/* One loaded copy of the addon: which package version it is, and its file. */
typedef struct allomorph_copy_info {
  uint32_t abi_version;
  const char* package_version;
  const char* path;
} allomorph_copy_info;

ALLOMORPH_EXPORT const allomorph_copy_info* allomorph_copy(void);

#ifdef __cplusplus
}
#endif

#endif
