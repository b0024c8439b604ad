// Level page-guard: the access itself ends the process, after the report. Each in a child, whose
// signals are given back their default action first: doctest and the sanitizers handle them too.
#include <doctest/doctest.h>

#include <sys/mman.h>

#include <csignal>

#include "checked_support.h"
#include "support/child.h"

namespace allomorph::test {
namespace {

constexpr Options guarded = {.level = allomorph_checked_page_guard,
                             .on_fault = allomorph_on_fault_report};

template <class Body>
ChildEnd run_bare_child(Body body) {
  return run_in_child([&body] {
    for (const int number : {SIGSEGV, SIGBUS}) std::signal(number, SIG_DFL);
    body();
  });
}

// The compiler must not know that the access is wrong.
void write_at(uint8_t* ptr, std::ptrdiff_t offset) {
  volatile uint8_t* where = ptr + offset;
  *where = 1;
}

void check_report(const ChildEnd& end, const std::string& kind, const std::string& offset) {
  CHECK(end.exit_code != 0);
  CHECK(end.error_output.find("==allomorph== " + kind + ": access to 0x") == 0);
  CHECK(end.error_output.find(", at offset " + offset + " of the block\n") != std::string::npos);
  CHECK(end.error_output.find("size 64, alignment 16") != std::string::npos);
  CHECK(end.error_output.find("allocated at") != std::string::npos);
  CHECK(end.error_output.find("accessed at") != std::string::npos);
}

TEST_CASE("page-guard: an overflow by one byte faults") {
  check_report(run_bare_child([] {
                 const Checked checked(guarded);
                 write_at(checked.allocate(64), 64);
               }),
               "overflow", "64");
}

TEST_CASE("page-guard: an underflow beyond the page faults") {
  check_report(run_bare_child([] {
                 const Checked checked(guarded);
                 write_at(checked.allocate(64), -4033);
               }),
               "underflow", "-4033");
}

TEST_CASE("page-guard: use after free faults, and both places are named") {
  const ChildEnd end = run_bare_child([] {
    const Checked checked(guarded);
    uint8_t* ptr = checked.allocate(64);
    checked.deallocate(ptr, 64);
    write_at(ptr, 5);
  });
  check_report(end, "use-after-free", "5");
  CHECK(end.error_output.find("freed at") != std::string::npos);
}

TEST_CASE("page-guard: a fault elsewhere goes to the handler that was there before") {
  const ChildEnd end = run_bare_child([] {
    std::signal(SIGSEGV, [](int) { std::_Exit(42); });
    const Checked checked(guarded);
    write_at(checked.allocate(64), 0);
    void* page = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    write_at(static_cast<uint8_t*>(page), 0);
  });
  CHECK(end.exit_code == 42);
  CHECK(end.error_output == "");
}

TEST_CASE("page-guard: a signal that was sent ends the process as before") {
  const ChildEnd end = run_bare_child([] {
    const Checked checked(guarded);
    raise(SIGSEGV);
  });
  CHECK(end.exit_code != 0);
}

}  // namespace
}  // namespace allomorph::test
