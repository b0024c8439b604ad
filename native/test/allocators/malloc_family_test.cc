#include "compose/malloc_family.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <cstring>
#include <initializer_list>

using namespace std;

namespace {

int reallocations = 0;
bool is_exhausted = false;

void* counted_realloc(void* ptr, size_t size) {
  reallocations++;
  return is_exhausted ? nullptr : realloc(ptr, size);
}

int exhausting_memalign(void** result, size_t align, size_t size) {
  return is_exhausted ? 12 : posix_memalign(result, align, size);
}

// C11 allows it to refuse what is no multiple.
void* strict_aligned_alloc(size_t align, size_t size) {
  return size % align != 0 ? nullptr : aligned_alloc(align, size);
}

// Wrong for sizes that are a power of two, from 256 on, as in mimalloc 2.0.9.
void* wrong_memalign(size_t align, size_t size) {
  if ((size & (size - 1)) != 0 || size < 256) {
    void* block = nullptr;
    return posix_memalign(&block, align, size) == 0 ? block : nullptr;
  }
  void* block = malloc(size + 16);
  // malloc gives 16; the address must be below the alignment asked for.
  return reinterpret_cast<uintptr_t>(block) % align != 0 ? block : (free(block), nullptr);
}

allomorph_malloc_family family() {
  return {malloc, free, counted_realloc, exhausting_memalign, nullptr, nullptr};
}

}  // namespace

TEST_CASE("malloc family: realloc where no aligned call is needed, else a copy") {
  const allomorph_malloc_family functions = family();
  allomorph_allocator* allocator = allomorph_malloc_family_allocator(&functions);
  REQUIRE(allocator != nullptr);
  for (const size_t align : {size_t{1}, size_t{16}, size_t{64}, size_t{4096}}) {
    reallocations = 0;
    uint8_t* block = allomorph_allocate(allocator, 100, align);
    REQUIRE(block != nullptr);
    CHECK(reinterpret_cast<uintptr_t>(block) % align == 0);
    memset(block, 7, 100);
    block = allomorph_reallocate(allocator, block, 100, 100000, align);
    CHECK(reallocations == (align <= 16 ? 1 : 0));
    CHECK(reinterpret_cast<uintptr_t>(block) % align == 0);
    for (size_t offset = 0; offset < 100; offset++) CHECK(block[offset] == 7);
    CHECK(allomorph_usable_size(allocator, 33, align) == 33);
    CHECK(allomorph_reallocate_inplace(allocator, block, 100000, 100001, align) == 100000);
    allomorph_deallocate(allocator, block, 100000, align);
  }
  allomorph_destroy(allocator);
}

TEST_CASE("malloc family: a reallocation that fails leaves the block intact") {
  const allomorph_malloc_family functions = family();
  allomorph_allocator* allocator = allomorph_malloc_family_allocator(&functions);
  for (const size_t align : {size_t{16}, size_t{64}}) {
    uint8_t* block = allomorph_allocate(allocator, 100, align);
    memset(block, 7, 100);
    is_exhausted = true;
    CHECK(allomorph_reallocate(allocator, block, 100, 200, align) == nullptr);
    is_exhausted = false;
    for (size_t offset = 0; offset < 100; offset++) CHECK(block[offset] == 7);
    allomorph_deallocate(allocator, block, 100, align);
  }
  allomorph_destroy(allocator);
}

TEST_CASE("malloc family: aligned_alloc is asked for multiples, and sizes do not overflow") {
  const allomorph_malloc_family functions = {malloc,  free,    realloc,
                                             nullptr, nullptr, strict_aligned_alloc};
  allomorph_allocator* allocator = allomorph_malloc_family_allocator(&functions);
  uint8_t* block = allomorph_allocate(allocator, 5, 64);
  REQUIRE(block != nullptr);
  allomorph_deallocate(allocator, block, 5, 64);
  CHECK(allomorph_allocate(allocator, SIZE_MAX - 5, 64) == nullptr);
  allomorph_destroy(allocator);
}

TEST_CASE("malloc family: a block that is not aligned is never handed out") {
  const allomorph_malloc_family functions = {malloc,  free,           realloc,
                                             nullptr, wrong_memalign, nullptr};
  allomorph_allocator* allocator = allomorph_malloc_family_allocator(&functions);
  for (int round = 0; round < 20; round++) {
    uint8_t* block = allomorph_allocate(allocator, 256, 4096);
    REQUIRE(block != nullptr);
    CHECK(reinterpret_cast<uintptr_t>(block) % 4096 == 0);
    allomorph_deallocate(allocator, block, 256, 4096);
  }
  allomorph_destroy(allocator);
}
