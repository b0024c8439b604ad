// Which blocks get guard pages, and how reports count.
#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <sstream>
#include <vector>

#include "checked_support.h"
#include "platform/pages.h"
#include "support/child.h"

namespace allomorph::test {
namespace {

TEST_CASE("page-guard: one in `every` allocations has guards, not always the same of a run") {
  const Checked checked({.level = allomorph_checked_page_guard, .every = 8});
  std::vector<uint8_t*> blocks;
  for (int index = 0; index < 800; index++) blocks.push_back(checked.allocate(64));
  const allomorph_checked_stats stats = allomorph_checked_read(checked.self());
  CHECK(stats.guarded_blocks == 100);
  CHECK(stats.unguarded_blocks == 700);
  // A guarded block of this size ends at a page, one between redzones practically never.
  std::array<int, 8> at = {};
  for (size_t index = 0; index < blocks.size(); index++) {
    if ((reinterpret_cast<uintptr_t>(blocks[index]) + 64) % allomorph_page_size() == 0) {
      at[index % 8]++;
    }
  }
  for (const int count : at) CHECK(count > 0);
  for (uint8_t* block : blocks) checked.deallocate(block, 64);
  CHECK(checked.fault().kind == allomorph_fault_none);
}

TEST_CASE("page-guard: blocks without guards are checked as poison does") {
  const Checked checked({.level = allomorph_checked_page_guard, .every = UINT32_MAX});
  uint8_t* ptr = checked.allocate(64);
  REQUIRE(allomorph_checked_read(checked.self()).unguarded_blocks == 1);
  ptr[64] = 0x42;
  checked.deallocate(ptr, 64);
  CHECK(checked.fault().kind == allomorph_fault_overflow);
  ptr = checked.allocate(64);
  checked.deallocate(ptr, 64);
  ptr[5] = 0x42;
  allomorph_fault fault;
  CHECK(allomorph_checked_verify(checked.self(), &fault, 1) == 1);
  CHECK(fault.kind == allomorph_fault_use_after_free);
  ptr[5] = 0xdf;
}

TEST_CASE("page-guard: when guard pages are exhausted blocks are given all the same, said once") {
  if (allomorph_most_mappings() == 0 || allomorph_most_mappings() > 300'000) return;
  const ChildEnd end = run_in_child([] {
    const size_t count = allomorph_most_mappings() / 4;
    const Checked checked({.level = allomorph_checked_page_guard, .frames = 0});
    std::vector<uint8_t*> blocks;
    for (size_t index = 0; index < count; index++) blocks.push_back(checked.allocate(64));
    const allomorph_checked_stats full = allomorph_checked_read(checked.self());
    if (full.unguarded_blocks == 0 || full.guarded_blocks < count / 2) std::_Exit(1);
    if (full.guarded_blocks + full.unguarded_blocks != count) std::_Exit(2);
    for (uint8_t* block : blocks) {
      if (block == nullptr) std::_Exit(3);
      checked.deallocate(block, 64);
    }
    // What has left the quarantine makes room for guards again.
    uint8_t* block = checked.allocate(64);
    if (allomorph_checked_read(checked.self()).guarded_blocks != full.guarded_blocks + 1) {
      std::_Exit(4);
    }
    checked.deallocate(block, 64);
  });
  CHECK(end.exit_code == 0);
  const std::string& text = end.error_output;
  CHECK(text.find("==allomorph== guard pages are exhausted (vm.max_map_count is ") == 0);
  CHECK(text.find('\n') == text.size() - 1);
}

TEST_CASE("checked: reports count from behind a header that the owner of a block does not see") {
  const Checked checked({.header = 16});
  uint8_t* ptr = checked.allocate(116);
  const auto owners = reinterpret_cast<uintptr_t>(ptr) + 16;
  CHECK(allomorph_checked_read(checked.self()).live_bytes == 100);
  ptr[116] = 0x42;
  checked.deallocate(ptr, 116);
  std::ostringstream address;
  address << std::hex << owners;
  const std::string text = text_of(checked.fault());
  CHECK(text.find("the byte at offset 100 of the block") != std::string::npos);
  CHECK(text.find("block 0x" + address.str() + ", size 100, alignment 16") != std::string::npos);
  uint8_t* aligned = checked.allocate(164, 64);
  aligned[164] = 0x42;
  checked.deallocate(aligned, 164, 64);
  CHECK(text_of(checked.fault()).find("offset 100 of the block") != std::string::npos);
}

TEST_CASE("checked: what an alignment leaves before the header is nobody's") {
  for (const auto level : {allomorph_checked_poison, allomorph_checked_page_guard}) {
    const Checked checked({.level = level, .header = 16});
    for (const size_t align : {32, 256, 8192}) {
      for (const size_t at : {align - 17, size_t{0}}) {
        uint8_t* ptr = checked.allocate(align + 100, align);
        std::memset(ptr + align - 16, 0x11, 116);
        checked.deallocate(ptr, align + 100, align);
        CHECK(checked.fault().kind == allomorph_fault_none);
        ptr = checked.allocate(align + 100, align);
        ptr[at] = 0x43;
        ptr = allomorph_reallocate(checked.self(), ptr, align + 100, align + 200, align);
        const allomorph_fault fault = checked.fault();
        CHECK(fault.kind == allomorph_fault_underflow);
        CHECK(fault.offset == static_cast<int64_t>(at));
        CHECK(fault.value == 0x43);
        checked.deallocate(ptr, align + 200, align);
        CHECK(checked.fault().kind == allomorph_fault_none);
      }
    }
  }
}

TEST_CASE("checked: freed blocks are known by address and alignment") {
  const Checked checked;
  uint8_t* ptr = checked.allocate(100, 64);
  const auto address = reinterpret_cast<uintptr_t>(ptr);
  CHECK(!allomorph_checked_is_freed(checked.self(), address, 64));
  checked.deallocate(ptr, 100, 64);
  CHECK(allomorph_checked_is_freed(checked.self(), address, 64));
  CHECK(!allomorph_checked_is_freed(checked.self(), address, 16));
  CHECK(!allomorph_checked_is_freed(checked.self(), address + 16, 64));
}

}  // namespace
}  // namespace allomorph::test
