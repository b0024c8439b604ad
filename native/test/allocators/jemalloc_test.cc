// What is jemalloc's own. Without it, its absence is asserted.

#include <doctest/doctest.h>

#include <cstring>
#include <thread>
#include <vector>

#include "allocators/jemalloc_api.h"
#include "allocators/jemalloc_ctl.h"
#include "core/backend.h"
#include "support/nothing_left.h"
#include "support/pattern.h"
#include "support/sizes.h"

using namespace allomorph;
using namespace allomorph::test;

#ifndef ALLOMORPH_WITH_JEMALLOC

TEST_CASE("jemalloc: left out of the build, it is not found") {
  CHECK(jemalloc_api() == nullptr);
  CHECK(find_backend(BackendId::jemalloc) == nullptr);
  CHECK(find_backend("jemalloc") == nullptr);
}

#else

TEST_CASE("jemalloc: is there, and is not the process's malloc") {
  const Backend* backend = find_backend("jemalloc");
  REQUIRE(backend != nullptr);
  CHECK(backend == find_backend(BackendId::jemalloc));
  CHECK(backend->id == BackendId::jemalloc);
  REQUIRE(jemalloc_api() != nullptr);
  CHECK_FALSE(jemalloc_api()->is_process_malloc);
}

TEST_CASE("jemalloc: an alignment larger than the size is kept (rust-lang/rust PR 46117)") {
  const NothingLeft nothing_left;
  const allomorph_abi& abi = find_backend("jemalloc")->abi;
  for (size_t align = 1; align <= 64; align *= 2) {
    for (size_t size = 1; size <= align; size++) {
      CAPTURE(size);
      CAPTURE(align);
      // Many together: the first block of a slab is aligned in any case.
      std::vector<uint8_t*> blocks(32);
      for (uint8_t*& block : blocks) {
        block = abi.allocate(size, align);
        CHECK(is_aligned(block, align));
      }
      for (uint8_t* block : blocks) abi.deallocate(block, size, align);
    }
  }
}

TEST_CASE("jemalloc: a reallocation to less than the alignment keeps the alignment") {
  const NothingLeft nothing_left;
  const allomorph_abi& abi = find_backend("jemalloc")->abi;
  for (size_t align = 2; align <= 64; align *= 2) {
    std::vector<uint8_t*> blocks(32);
    for (uint8_t*& block : blocks) {
      block = abi.allocate(200, align);
      block = abi.reallocate(block, 200, 1, align);
      CHECK(is_aligned(block, align));
    }
    for (uint8_t* block : blocks) abi.deallocate(block, 1, align);
  }
}

TEST_CASE("jemalloc: a remembered usable size is the one jemalloc gives") {
  const allomorph_abi& abi = find_backend("jemalloc")->abi;
  for (size_t size = 1; size <= 8 * kib; size++) {
    CAPTURE(size);
    CHECK(abi.usable_size(size, 1) == jemalloc_api()->nallocx(size, 0));
    CHECK(abi.usable_size(size, 1) == jemalloc_api()->nallocx(size, 0));
  }
}

TEST_CASE("jemalloc: a small class cannot be left in place, and says so") {
  const NothingLeft nothing_left;
  const allomorph_abi& abi = find_backend("jemalloc")->abi;
  uint8_t* block = abi.allocate(1000, 8);
  const size_t usable = abi.usable_size(1000, 8);
  CHECK(abi.reallocate_inplace(block, 1000, 10, 8) == usable);
  CHECK(abi.reallocate_inplace(block, usable, usable + 1, 8) == usable);
  abi.deallocate(block, usable, 8);
}

TEST_CASE("jemalloc: a large block is shrunk in place") {
  const NothingLeft nothing_left;
  const allomorph_abi& abi = find_backend("jemalloc")->abi;
  uint8_t* block = abi.allocate(mib, 8);
  const size_t now = abi.reallocate_inplace(block, mib, 64 * kib, 8);
  CHECK(now == abi.usable_size(64 * kib, 8));
  abi.deallocate(block, now, 8);
}

TEST_CASE("jemalloc: version, statistics and purging") {
  const NothingLeft nothing_left;
  const JemallocApi& api = *jemalloc_api();
  CHECK(jemalloc_version(api).starts_with("5."));
  CHECK(jemalloc_version(api).find('-') == std::string::npos);
  const auto before = jemalloc_stats(api);
  REQUIRE(before.has_value());
  const allomorph_abi& abi = find_backend("jemalloc")->abi;
  uint8_t* block = abi.allocate(8 * mib, 8);
  const auto with_block = jemalloc_stats(api);
  REQUIRE(with_block.has_value());
  // Less what the caches of ended threads gave back between the two.
  CHECK(with_block->allocated >= before->allocated + 7 * mib);
  CHECK(with_block->active >= with_block->allocated);
  CHECK(with_block->mapped >= with_block->active);
  abi.deallocate(block, 8 * mib, 8);
  CHECK(jemalloc_stats(api)->allocated < with_block->allocated);
  CHECK(jemalloc_purge(api) == 0);
}

TEST_CASE("jemalloc: purging is not skipped because another thread purges") {
  const NothingLeft nothing_left;
  const JemallocApi& api = *jemalloc_api();
  const allomorph_abi& abi = find_backend("jemalloc")->abi;
  constexpr size_t size = 200'000;  // below jemalloc's limit for unmapping at once
  const size_t usable = abi.usable_size(size, 8);
  std::vector<uint8_t*> first(400), second(100);
  for (int round = 0; round < 20; round++) {
    for (auto* blocks : {&first, &second}) {
      for (uint8_t*& block : *blocks) {
        block = abi.allocate(size, 8);
        std::memset(block, 1, size);  // giving such pages back takes a while
      }
    }
    const size_t with_blocks = jemalloc_stats(api)->resident;
    for (uint8_t* block : first) abi.deallocate(block, size, 8);
    std::thread other([&] { api.mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0); });
    // It takes them all out of jemalloc's lists before it gives the first one back.
    const size_t begun = with_blocks - first.size() * usable * 99 / 100;
    while (jemalloc_stats(api)->resident > begun) std::this_thread::yield();
    for (uint8_t* block : second) abi.deallocate(block, size, 8);
    CHECK(jemalloc_purge(api) == 0);
    const size_t given_back = with_blocks - jemalloc_stats(api)->resident;
    CHECK(given_back > (first.size() + second.size()) * usable * 98 / 100);
    other.join();
  }
}

TEST_CASE("jemalloc: options are read by type; an unknown one is nothing") {
  const JemallocApi& api = *jemalloc_api();
  CHECK(jemalloc_bool(api, "config.stats") == true);
  CHECK(jemalloc_ssize(api, "opt.dirty_decay_ms").has_value());
  CHECK(jemalloc_string(api, "opt.metadata_thp").has_value());
  CHECK_FALSE(jemalloc_bool(api, "opt.allomorph").has_value());
  CHECK_FALSE(jemalloc_ssize(api, "opt.allomorph").has_value());
  CHECK_FALSE(jemalloc_string(api, "opt.allomorph").has_value());
  // A value of another size is not misread.
  CHECK_FALSE(jemalloc_bool(api, "opt.dirty_decay_ms").has_value());
}

TEST_CASE("jemalloc: the first allocation starts the thread that gives memory back") {
  const NothingLeft nothing_left;
  const allomorph_abi& abi = find_backend("jemalloc")->abi;
  abi.deallocate(abi.allocate(8, 8), 8, 8);
  CHECK(jemalloc_bool(*jemalloc_api(), "background_thread") == true);
}

#endif
