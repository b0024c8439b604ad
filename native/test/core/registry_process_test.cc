// The choice of the global backend is made once per process: every case here
// runs in a process of its own (tests.cmake), and each registers its backends
// and sets its environment first.

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>

#include "abi/allomorph.h"
#include "core/registry.h"
#include "support/child.h"
#include "support/class_allocator.h"
#include "support/threads.h"

namespace {

using namespace allomorph;
using namespace allomorph::test;

void register_both() {
  register_backend(system_like);
  register_backend(jemalloc_like);
}

void environment(const char* value) {
  setenv("ALLOMORPH_ALLOCATOR", value, 1);
}

// Whoever started the tests may have the variable set.
void no_environment() {
  unsetenv("ALLOMORPH_ALLOCATOR");
}

ChoiceStatus choose(const Backend& backend) {
  return choose_global(backend, "a.js:1").status;
}

}  // namespace

TEST_CASE("the default is system and reading it settles nothing") {
  no_environment();
  register_both();
  const GlobalState state = global_state();
  CHECK(state.effective == &system_like);
  CHECK(state.source == ChoiceSource::none);
  CHECK_FALSE(state.frozen);
  CHECK(choose(jemalloc_like) == ChoiceStatus::accepted);
}

TEST_CASE("backends are found by id and by name only when registered") {
  no_environment();
  CHECK(find_backend(BackendId::system) == nullptr);
  register_backend(system_like);
  CHECK(find_backend(BackendId::system) == &system_like);
  CHECK(find_backend("system") == &system_like);
  CHECK(find_backend(BackendId::jemalloc) == nullptr);
  CHECK(find_backend("jemalloc") == nullptr);
  CHECK(find_backend("") == nullptr);
  CHECK(find_backend("System") == nullptr);
}

TEST_CASE("the program chooses") {
  no_environment();
  register_both();
  const ChoiceResult choice = choose_global(jemalloc_like, "a.js:1");
  CHECK(choice.status == ChoiceStatus::accepted);
  CHECK(choice.effective == &jemalloc_like);
  CHECK(global_state().effective == &jemalloc_like);
  CHECK(global_state().source == ChoiceSource::program);
  CHECK_FALSE(global_state().frozen);
}

TEST_CASE("the same choice again is the same") {
  no_environment();
  register_both();
  choose(jemalloc_like);
  CHECK(choose_global(jemalloc_like, "b.js:2").status == ChoiceStatus::same);
  CHECK(global_state().effective == &jemalloc_like);
}

TEST_CASE("choosing the default is a choice too") {
  no_environment();
  register_both();
  CHECK(choose(system_like) == ChoiceStatus::accepted);
  CHECK(global_state().source == ChoiceSource::program);
  CHECK(choose(jemalloc_like) == ChoiceStatus::conflict);
}

TEST_CASE("a different choice is a conflict that names the first") {
  no_environment();
  register_both();
  choose_global(jemalloc_like, "first.js:1");
  const ChoiceResult second = choose_global(system_like, "second.js:2");
  CHECK(second.status == ChoiceStatus::conflict);
  CHECK(second.effective == &jemalloc_like);
  CHECK(second.first_backend == &jemalloc_like);
  CHECK(second.first_origin == "first.js:1");
  CHECK(global_state().effective == &jemalloc_like);
  // Nor does a third see the second.
  CHECK(choose_global(system_like, "third.js:3").first_origin == "first.js:1");
}

TEST_CASE("a default in use is frozen") {
  no_environment();
  register_both();
  CHECK(&freeze_global() == &system_like);
  CHECK(global_state().frozen);
  const ChoiceResult late = choose_global(jemalloc_like, "late.js:1");
  CHECK(late.status == ChoiceStatus::frozen);
  CHECK(late.effective == &system_like);
  CHECK(late.first_backend == nullptr);
  CHECK(&freeze_global() == &system_like);
  // What is in use may be chosen still.
  CHECK(choose(system_like) == ChoiceStatus::accepted);
}

TEST_CASE("after freezing a different choice is a conflict when one was made") {
  no_environment();
  register_both();
  choose(jemalloc_like);
  CHECK(&freeze_global() == &jemalloc_like);
  CHECK(choose(jemalloc_like) == ChoiceStatus::same);
  CHECK(choose(system_like) == ChoiceStatus::conflict);
}

TEST_CASE("the first allocation through the exported functions settles the choice") {
  no_environment();
  register_both();
  choose(jemalloc_like);
  CHECK_FALSE(global_state().frozen);
  uint8_t* block = __rust_allocate(33, 8);
  CHECK(global_state().frozen);
  CHECK(JemallocLike::live_blocks() == 1);
  CHECK(__rust_usable_size(33, 8) == 64);
  block = __rust_reallocate(block, 33, 100, 8);
  CHECK(__rust_reallocate_inplace(block, 100, 20, 8) == 128);
  __rust_deallocate(block, 128, 8);
  CHECK(JemallocLike::live_blocks() == 0);
  CHECK(JemallocLike::mistakes == 0);
  CHECK(SystemLike::live_blocks() == 0);
  CHECK(allomorph_global_abi() == &jemalloc_like.abi);
}

TEST_CASE("asking for the table settles the choice") {
  no_environment();
  register_both();
  CHECK(allomorph_global_abi() == &system_like.abi);
  CHECK(choose(jemalloc_like) == ChoiceStatus::frozen);
  CHECK(allomorph_global_abi() == &system_like.abi);
}

TEST_CASE("the environment wins over the program and says so once") {
  environment("jemalloc");
  register_both();
  CHECK(global_state().effective == &jemalloc_like);
  CHECK(global_state().source == ChoiceSource::environment);
  CHECK(choose(system_like) == ChoiceStatus::overridden_first);
  CHECK(choose(system_like) == ChoiceStatus::overridden);
  CHECK(choose(system_like) == ChoiceStatus::overridden);
  CHECK(global_state().effective == &jemalloc_like);
  CHECK(&freeze_global() == &jemalloc_like);
  CHECK(choose(system_like) == ChoiceStatus::overridden);
}

TEST_CASE("a program that agrees with the environment is told that it is the same") {
  environment("jemalloc");
  register_both();
  CHECK(choose(jemalloc_like) == ChoiceStatus::same);
  CHECK(global_state().source == ChoiceSource::environment);
}

TEST_CASE("two choices conflict whatever the environment says") {
  environment("system");
  register_both();
  CHECK(choose_global(jemalloc_like, "first.js:1").status == ChoiceStatus::overridden_first);
  const ChoiceResult second = choose_global(system_like, "second.js:2");
  CHECK(second.status == ChoiceStatus::conflict);
  CHECK(second.first_origin == "first.js:1");
  CHECK(global_state().effective == &system_like);
}

TEST_CASE("an empty variable is as none") {
  environment("");
  register_both();
  CHECK(environment_choice().value.empty());
  CHECK(global_state().source == ChoiceSource::none);
  CHECK(&freeze_global() == &system_like);
}

TEST_CASE("the environment is read once") {
  environment("jemalloc");
  register_both();
  CHECK(global_state().effective == &jemalloc_like);
  environment("system");
  CHECK(global_state().effective == &jemalloc_like);
}

TEST_CASE("an unknown allocator in the environment ends the process at the first allocation") {
  environment("tcmalloc");
  register_both();
  const ChildEnd end = run_in_child([] {
    // Reading and choosing do not end it: TypeScript reports the error itself.
    global_state();
    choose(system_like);
    std::fputs("so far, ", stderr);
    __rust_allocate(1, 1);
    std::fputs("still here", stderr);
  });
  CHECK(end.exit_code == 1);
  CHECK(end.error_output.starts_with("so far, allomorph: "));
  CHECK(end.error_output.find("ALLOMORPH_ALLOCATOR is \"tcmalloc\"") != std::string::npos);
  CHECK(end.error_output.find("Valid: system, jemalloc, or the absolute path") !=
        std::string::npos);
  CHECK(end.error_output.find("still here") == std::string::npos);
}

TEST_CASE("an allocator that is not built in is not offered") {
  environment("jemalloc");
  register_backend(system_like);
  CHECK(environment_choice().backend == nullptr);
  CHECK(environment_choice().value == "jemalloc");
  const ChildEnd end = run_in_child([] { allomorph_global_abi(); });
  CHECK(end.exit_code == 1);
  CHECK(end.error_output.find("Valid: system, or the absolute path") != std::string::npos);
}

TEST_CASE("a path in the environment is loaded once and wins") {
  environment("/opt/libmy.so");
  register_both();
  static int loads = 0;
  set_library_loader([](const std::string& path) {
    loads++;
    CHECK(path == "/opt/libmy.so");
    return LibraryBackend{&jemalloc_like, {}};
  });
  CHECK(environment_value() == "/opt/libmy.so");
  CHECK(loads == 0);
  CHECK(global_state().effective == &jemalloc_like);
  CHECK(choose(system_like) == ChoiceStatus::overridden_first);
  CHECK(allomorph_global_abi() == &jemalloc_like.abi);
  CHECK(loads == 1);
}

TEST_CASE("a path that cannot be loaded ends the process with the reason") {
  environment("/opt/libmy.so");
  register_both();
  set_library_loader([](const std::string&) {
    return LibraryBackend{nullptr, "libdep.so: cannot open shared object file"};
  });
  const ChildEnd end = run_in_child([] { __rust_allocate(1, 1); });
  CHECK(end.exit_code == 1);
  CHECK(
      end.error_output.find("\"/opt/libmy.so\", which cannot be loaded as an allocator: libdep.so: "
                            "cannot open") != std::string::npos);
}

TEST_CASE("of threads that choose different backends one side wins") {
  no_environment();
  register_both();
  std::atomic<int> accepted{0};
  std::atomic<int> same{0};
  std::atomic<int> conflict{0};
  run_threads(8, [&](size_t thread) {
    switch (choose(thread % 2 == 0 ? system_like : jemalloc_like)) {
      case ChoiceStatus::accepted:
        accepted++;
        break;
      case ChoiceStatus::same:
        same++;
        break;
      case ChoiceStatus::conflict:
        conflict++;
        break;
      default:
        break;
    }
  });
  CHECK(accepted == 1);
  CHECK(same == 3);
  CHECK(conflict == 4);
}

TEST_CASE("of a choice and a first allocation at the same time one comes first") {
  no_environment();
  register_both();
  const allomorph_abi* tables[4] = {};
  ChoiceStatus status{};
  run_threads(5, [&](size_t thread) {
    if (thread < 4) {
      tables[thread] = allomorph_global_abi();
    } else {
      status = choose(jemalloc_like);
    }
  });
  const allomorph_abi* expected =
      status == ChoiceStatus::accepted ? &jemalloc_like.abi : &system_like.abi;
  CHECK((status == ChoiceStatus::accepted || status == ChoiceStatus::frozen));
  for (const allomorph_abi* table : tables) CHECK(table == expected);
}

TEST_CASE("threads may allocate and ask while the process exits") {
  no_environment();
  register_both();
  for (int round = 0; round < 20; round++) {
    const ChildEnd end = run_in_child([] {
      std::atomic<int> running{0};
      for (int thread = 0; thread < 3; thread++) {
        std::thread([&running] {
          running++;
          for (;;) {
            __rust_deallocate(__rust_allocate(64, 8), 64, 8);
            live_counts(BackendId::system);
            choose(system_like);
          }
        }).detach();
      }
      while (running < 3) std::this_thread::yield();
      // Runs the destructors of the main thread and of static storage.
      std::exit(0);
    });
    CAPTURE(end.error_output);
    REQUIRE(end.exit_code == 0);
  }
}
