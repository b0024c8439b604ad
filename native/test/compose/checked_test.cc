// Each kind of fault, in process: what is said, and that nothing is lost or harmed by it.
#include <doctest/doctest.h>

#include <array>
#include <csignal>
#include <cstring>
#include <string>
#include <vector>

#include "checked_support.h"
#include "support/child.h"

namespace allomorph::test {
namespace {

constexpr allomorph_checked_level levels[] = {allomorph_checked_poison,
                                              allomorph_checked_page_guard};

TEST_CASE("checked: blocks are aligned, writable, and usable exactly up to their size") {
  for (const auto level : levels) {
    const Checked checked({.level = level});
    for (const size_t align : {1, 2, 8, 16, 64, 4096, 65536, 1 << 21}) {
      for (const size_t size : {1, 7, 16, 17, 100, 4095, 4096, 4097, 70000}) {
        uint8_t* ptr = checked.allocate(size, align);
        REQUIRE(ptr != nullptr);
        CHECK(reinterpret_cast<uintptr_t>(ptr) % align == 0);
        CHECK(ptr[0] == 0xa5);
        CHECK(ptr[size - 1] == 0xa5);
        CHECK(allomorph_usable_size(checked.self(), size, align) == size);
        std::memset(ptr, 0x11, size);
        checked.deallocate(ptr, size, align);
        CHECK(checked.fault().kind == allomorph_fault_none);
      }
    }
  }
}

TEST_CASE("checked: an overflow by one byte is found when the block is freed") {
  const Checked checked;
  for (const size_t size : {1, 15, 16, 17, 100, 4096, 100000}) {
    uint8_t* ptr = checked.allocate(size);
    ptr[size] = 0x42;
    checked.deallocate(ptr, size);
    const allomorph_fault fault = checked.fault();
    CHECK(fault.kind == allomorph_fault_overflow);
    CHECK(fault.offset == static_cast<int64_t>(size));
    CHECK(fault.value == 0x42);
    CHECK(fault.block.address == reinterpret_cast<uintptr_t>(ptr));
    CHECK(fault.block.size == size);
    CHECK(fault.block.align == 16);
    CHECK(fault.block.allocated_count > 0);
    CHECK(checked.fault().kind == allomorph_fault_none);
  }
}

TEST_CASE(
    "checked: behind a guarded block that does not reach its page, an overflow is found too") {
  const Checked checked({.level = allomorph_checked_page_guard});
  uint8_t* ptr = checked.allocate(100, 64);  // 28 bytes of slack
  ptr[100] = 0x42;
  checked.deallocate(ptr, 100, 64);
  CHECK(checked.fault().kind == allomorph_fault_overflow);
}

TEST_CASE("checked: an underflow is found when the block is freed") {
  for (const auto level : levels) {
    const Checked checked({.level = level});
    for (const size_t align : {1, 16, 64, 8192}) {
      // With a guard, whole pages and large alignments have one directly before them.
      if (level == allomorph_checked_page_guard && align > 4096) continue;
      uint8_t* ptr = checked.allocate(100, align);
      ptr[-1] = 0x43;
      ptr[-9] = 0x44;
      checked.deallocate(ptr, 100, align);
      const allomorph_fault fault = checked.fault();
      CHECK(fault.kind == allomorph_fault_underflow);
      CHECK(fault.offset == -1);
      CHECK(fault.value == 0x43);
    }
  }
}

TEST_CASE("checked: use after free is found when the block leaves the quarantine") {
  const Checked checked({.quarantine = 4096});
  uint8_t* ptr = checked.allocate(100);
  checked.deallocate(ptr, 100);
  CHECK(ptr[0] == 0xdf);
  CHECK(ptr[99] == 0xdf);
  ptr[7] = 0x45;
  CHECK(checked.fault().kind == allomorph_fault_none);
  for (int round = 0; round < 100; round++) checked.deallocate(checked.allocate(100), 100);
  const allomorph_fault fault = checked.fault();
  CHECK(fault.kind == allomorph_fault_use_after_free);
  CHECK(fault.offset == 7);
  CHECK(fault.value == 0x45);
  CHECK(fault.block.is_freed);
  CHECK(fault.block.freed_count > 0);
  CHECK(allomorph_checked_read(checked.self()).kept_blocks == 1);
}

TEST_CASE("checked: use after free is found on demand and at the end") {
  static std::array<allomorph_fault, 4> faults;
  const ChildEnd end = run_in_child([] {
    const Checked checked({.on_fault = allomorph_on_fault_report});
    uint8_t* ptr = checked.allocate(100);
    checked.deallocate(ptr, 100);
    CHECK(allomorph_checked_verify(checked.self(), faults.data(), faults.size()) == 0);
    ptr[7] = 0x45;
    const size_t found = allomorph_checked_verify(checked.self(), faults.data(), faults.size());
    if (found != 1 || faults[0].kind != allomorph_fault_use_after_free) std::_Exit(1);
  });
  CHECK(end.exit_code == 0);
  CHECK(end.error_output.find("use-after-free: the byte at offset 7") != std::string::npos);
}

TEST_CASE("checked: a double free is found, with both places") {
  for (const auto level : levels) {
    const Checked checked({.level = level});
    uint8_t* ptr = checked.allocate(100);
    checked.deallocate(ptr, 100);
    checked.deallocate(ptr, 100);
    const allomorph_fault fault = checked.fault();
    CHECK(fault.kind == allomorph_fault_double_free);
    CHECK(fault.block.allocated_count > 0);
    CHECK(fault.block.freed_count > 0);
    CHECK(text_of(fault).find("freed at") != std::string::npos);
  }
}

TEST_CASE("checked: a wrong size, also one that another allocator would not notice, is found") {
  for (const auto level : levels) {
    for (const size_t wrong : {99, 101, 1, 4096}) {
      const Checked checked({.level = level});
      uint8_t* ptr = checked.allocate(100);
      checked.deallocate(ptr, wrong);
      const allomorph_fault fault = checked.fault();
      CHECK(fault.kind == allomorph_fault_wrong_size);
      CHECK(fault.old_size == wrong);
      CHECK(fault.block.size == 100);
    }
  }
}

TEST_CASE("checked: a wrong alignment is found") {
  for (const auto level : levels) {
    const Checked checked({.level = level});
    uint8_t* ptr = checked.allocate(128, 64);
    checked.deallocate(ptr, 128, 16);
    const allomorph_fault fault = checked.fault();
    CHECK(fault.kind == allomorph_fault_wrong_alignment);
    CHECK(fault.align == 16);
    CHECK(fault.block.align == 64);
  }
}

TEST_CASE("checked: a foreign address is found, and one inside a block with its offset") {
  for (const auto level : levels) {
    const Checked checked({.level = level});
    uint8_t mine[64];
    checked.deallocate(mine, 64);
    CHECK(checked.fault().kind == allomorph_fault_unknown);
    uint8_t* ptr = checked.allocate(128);
    checked.deallocate(ptr + 32, 96);
    const allomorph_fault fault = checked.fault();
    CHECK(fault.kind == allomorph_fault_inside);
    CHECK(fault.offset == 32);
    CHECK(fault.block.address == reinterpret_cast<uintptr_t>(ptr));
    checked.deallocate(ptr, 128);
    CHECK(checked.fault().kind == allomorph_fault_none);
  }
}

TEST_CASE("checked: reallocate moves, keeps the content, and the old address is a freed block") {
  for (const auto level : levels) {
    const Checked checked({.level = level});
    uint8_t* ptr = checked.allocate(100);
    std::memset(ptr, 0x11, 100);
    uint8_t* moved = allomorph_reallocate(checked.self(), ptr, 100, 200, 16);
    REQUIRE(moved != nullptr);
    CHECK(moved != ptr);
    CHECK(moved[99] == 0x11);
    CHECK(moved[100] == 0xa5);
    CHECK(allomorph_reallocate(checked.self(), ptr, 100, 300, 16) == nullptr);
    CHECK(checked.fault().kind == allomorph_fault_double_free);
    SystemLike::exhausted = true;
    CHECK(allomorph_reallocate(checked.self(), moved, 200, 300, 16) == nullptr);
    SystemLike::exhausted = false;
    CHECK(moved[99] == 0x11);
    checked.deallocate(moved, 200);
    CHECK(checked.fault().kind == allomorph_fault_none);
  }
}

TEST_CASE("checked: a damaged block is reallocated, and said once") {
  const Checked checked;
  uint8_t* ptr = checked.allocate(100);
  std::memset(ptr, 0x11, 101);
  uint8_t* moved = allomorph_reallocate(checked.self(), ptr, 100, 50, 16);
  REQUIRE(moved != nullptr);
  CHECK(moved[49] == 0x11);
  CHECK(checked.fault().kind == allomorph_fault_overflow);
  checked.deallocate(moved, 50);
  CHECK(checked.fault().kind == allomorph_fault_none);
  CHECK(allomorph_checked_read(checked.self()).kept_blocks == 1);
}

TEST_CASE("checked: in place a block shrinks, never grows, and its new end counts") {
  for (const auto level : levels) {
    const Checked checked({.level = level});
    uint8_t* ptr = checked.allocate(100, 64);
    CHECK(allomorph_reallocate_inplace(checked.self(), ptr, 100, 101, 64) == 100);
    CHECK(allomorph_reallocate_inplace(checked.self(), ptr, 100, 60, 64) == 60);
    CHECK(allomorph_checked_read(checked.self()).live_bytes == 60);
    ptr[60] = 1;
    checked.deallocate(ptr, 60, 64);
    CHECK(checked.fault().kind == allomorph_fault_overflow);
  }
}

TEST_CASE("checked: inspecting says what a deallocate would, damage once, and changes nothing") {
  const Checked checked;
  allomorph_fault fault;
  uint8_t* ptr = checked.allocate(100);
  const auto address = reinterpret_cast<uintptr_t>(ptr);
  CHECK(allomorph_checked_inspect(checked.self(), address, 100, 16, &fault));
  CHECK(!allomorph_checked_inspect(checked.self(), address, 99, 16, &fault));
  CHECK(fault.kind == allomorph_fault_wrong_size);
  ptr[100] = 1;
  CHECK(!allomorph_checked_inspect(checked.self(), address, 100, 16, &fault));
  CHECK(fault.kind == allomorph_fault_overflow);
  CHECK(allomorph_checked_inspect(checked.self(), address, 100, 16, &fault));
  checked.deallocate(ptr, 100);
  CHECK(checked.fault().kind == allomorph_fault_none);
}

TEST_CASE("checked: without a quarantine, freed memory goes back at once") {
  for (const auto level : levels) {
    const Checked checked({.level = level, .quarantine = 0});
    checked.deallocate(checked.allocate(100), 100);
    CHECK(SystemLike::live_blocks() == 0);
  }
}

TEST_CASE("checked: the quarantine never holds more than it may") {
  for (const auto level : levels) {
    const Checked checked({.level = level, .quarantine = 200000});
    for (size_t size = 1; size < 300000; size += 7001) {
      checked.deallocate(checked.allocate(size), size);
      CHECK(allomorph_checked_read(checked.self()).quarantined_bytes <= 200000);
    }
  }
}

TEST_CASE("checked: when memory is exhausted nothing is held") {
  for (const auto level : levels) {
    const Checked checked({.level = level});
    CHECK(checked.allocate(SIZE_MAX / 2) == nullptr);
    CHECK(checked.allocate(SIZE_MAX - 5) == nullptr);
    SystemLike::exhausted = true;
    CHECK(checked.allocate(100) == nullptr);
    SystemLike::exhausted = false;
  }
}

TEST_CASE("checked: the leak report groups blocks by size and place") {
  const ChildEnd end = run_in_child([] {
    const Checked checked({.on_fault = allomorph_on_fault_report});
    std::vector<uint8_t*> blocks;
    for (int index = 0; index < 3; index++) blocks.push_back(checked.allocate(1000));
    uint8_t* other = checked.allocate(10);
    if (allomorph_checked_report_leaks(checked.self(), 50, 16) != 4) std::_Exit(1);
    for (uint8_t* each : blocks) checked.deallocate(each, 1000);
    checked.deallocate(other, 10);
    if (allomorph_checked_report_leaks(checked.self(), 50, 16) != 0) std::_Exit(2);
  });
  CHECK(end.exit_code == 0);
  const std::string& text = end.error_output;
  CHECK(text.find("==allomorph== leak: 4 blocks with 3010 bytes are live\n") == 0);
  CHECK(text.find("3 of size 1000, alignment 16: first block 0x") != std::string::npos);
  CHECK(text.find("1 of size 10, alignment 16: block 0x") != std::string::npos);
  CHECK(text.find("    #0 ") != std::string::npos);
}

TEST_CASE("checked: places that return addresses cannot name stand in the report") {
  const Checked checked({.frames = 0});
  const std::string text = "script.js:12:3 and more";
  const char* allocated = allomorph_checked_place(checked.self(), text.data(), 14);
  const char* freed = allomorph_checked_place(checked.self(), "script.js:15:1", 14);
  CHECK(allomorph_checked_place(checked.self(), text.data(), 4001) == nullptr);
  uint8_t* ptr = checked.allocate(100);
  const auto address = reinterpret_cast<uintptr_t>(ptr);
  allomorph_checked_set_place(checked.self(), address, allocated);
  checked.deallocate(ptr, 100);
  allomorph_checked_set_place(checked.self(), address, freed);
  checked.deallocate(ptr, 100);
  CHECK(text_of(checked.fault())
            .ends_with("==allomorph==   allocated at\n"
                       "==allomorph==     script.js:12:3\n"
                       "==allomorph==   freed at\n"
                       "==allomorph==     script.js:15:1\n"));
  for (int index = 0; index < 10000; index++) {
    CHECK(allomorph_checked_place(checked.self(), text.data(), text.size()) != nullptr);
  }
}

TEST_CASE("checked: on-fault abort writes the report and ends the process") {
  const ChildEnd end = run_in_child([] {
    std::signal(SIGABRT, SIG_DFL);  // doctest's own would print
    const Checked checked({.on_fault = allomorph_on_fault_abort});
    uint8_t* ptr = checked.allocate(100);
    ptr[100] = 0x42;
    checked.deallocate(ptr, 100);
  });
  CHECK(end.exit_code != 0);
  CHECK(end.error_output.find("==allomorph== overflow: the byte at offset 100 of the block was "
                              "overwritten with 0x42\n==allomorph==   block 0x") == 0);
  CHECK(end.error_output.find(", size 100, alignment 16, live\n") != std::string::npos);
}

TEST_CASE("checked: what is remembered beyond its room is the newest") {
  const Checked checked;
  uint8_t mine[64];
  for (size_t index = 0; index < 20; index++) checked.deallocate(mine + index, 1, 1);
  CHECK(checked.fault().address == reinterpret_cast<uintptr_t>(mine + 4));
  for (int index = 0; index < 15; index++) CHECK(checked.fault().kind == allomorph_fault_unknown);
  CHECK(checked.fault().kind == allomorph_fault_none);
  CHECK(allomorph_checked_read(checked.self()).faults == 20);
}

}  // namespace
}  // namespace allomorph::test
