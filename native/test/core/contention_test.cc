#include "core/contention.h"

#include <doctest/doctest.h>

#include <atomic>
#include <new>

#include "core/counted.h"
#include "support/class_allocator.h"

using namespace allomorph;
using namespace allomorph::test;

namespace {

using Sound = ClassAllocator<BackendId::system>;

// Each breaks one thing every so many calls.
struct Exhausted : Sound {
  static uint8_t* allocate(size_t size, size_t align) {
    static std::atomic<int> calls{0};
    return ++calls % 1000 == 0 ? nullptr : Sound::allocate(size, align);
  }
};

// Null with an offset.
struct BehindNull : Sound {
  static uint8_t* allocate(size_t size, size_t align) {
    uint8_t* block = Exhausted::allocate(size, align);
    return block == nullptr ? reinterpret_cast<uint8_t*>(uintptr_t{16}) : block;
  }
};

struct Misaligned {
  static uint8_t* allocate(size_t size, size_t) {
    return static_cast<uint8_t*>(::operator new(size + 16)) + 1;
  }
  static void deallocate(uint8_t* ptr, size_t, size_t) {
    ::operator delete(ptr - 1);
  }
  static uint8_t* reallocate(uint8_t*, size_t, size_t, size_t) {
    return nullptr;
  }
  static size_t reallocate_inplace(uint8_t*, size_t old_size, size_t, size_t) {
    return old_size;
  }
  static size_t usable_size(size_t size, size_t) {
    return size;
  }
};

struct Forgetful : Sound {
  static uint8_t* reallocate(uint8_t* ptr, size_t old_size, size_t size, size_t align) {
    uint8_t* moved = Sound::reallocate(ptr, old_size, size, align);
    if (moved != nullptr) moved[0] ^= 1;
    return moved;
  }
};

}  // namespace

TEST_CASE("contention: a sound allocator has no fault, and all blocks come back") {
  const allomorph_abi abi = abi_of<Sound>("sound");
  const size_t before = Sound::live_blocks();
  const Contention found = contend(abi, 4, 5000, 1);
  CHECK(found.fault == ContentionFault::none);
  CHECK(found.calls >= 40000);
  CHECK(Sound::live_blocks() == before);
}

// What was found to be broken is not given back: the sanitizers must not count it.
#if !defined(__SANITIZE_ADDRESS__)
TEST_CASE("contention: each fault is told") {
  CHECK(contend(abi_of<Exhausted>("exhausted"), 2, 5000, 1).fault == ContentionFault::exhausted);
  const Contention behind_null = contend(abi_of<BehindNull>("behind null"), 2, 5000, 1);
  CHECK(behind_null.fault == ContentionFault::no_memory);
  CHECK(behind_null.address == 16);
  const Contention misaligned = contend(abi_of<Misaligned>("misaligned"), 2, 5000, 1);
  CHECK(misaligned.fault == ContentionFault::misaligned);
  CHECK(misaligned.address % misaligned.align != 0);
  const Contention overwritten = contend(abi_of<Forgetful>("forgetful"), 2, 5000, 1);
  CHECK(overwritten.fault == ContentionFault::overwritten);
  CHECK(overwritten.offset == 0);
}
#endif
