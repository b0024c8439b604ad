// Loaded code, the C library, and replacing the process.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "platform/platform.h"
#include "support/child.h"

using namespace allomorph::platform;
using allomorph::test::ChildEnd;
using allomorph::test::run_in_child;

namespace {

bool is_executable_file(const std::string& path) {
  return path.starts_with('/') && access(path.c_str(), R_OK) == 0;
}

}  // namespace

TEST_CASE("library_of: a path that can be opened, for the executable too") {
  const std::string own = library_of(reinterpret_cast<const void*>(&is_executable_file));
  const std::string libc_path = library_of(process_symbol("qsort"));
  CHECK(is_executable_file(own));
  CHECK(is_executable_file(libc_path));
  CHECK(own != libc_path);
  int local = 0;
  CHECK(library_of(&local).empty());
  CHECK(library_of(nullptr).empty());
}

TEST_CASE("symbols: found in the process and in one library; null when absent") {
  CHECK(process_symbol("malloc") != nullptr);
  CHECK(process_symbol("allomorph_has_no_such_symbol") == nullptr);
  const std::string libc_path = library_of(process_symbol("qsort"));
  CHECK(library_symbol(libc_path, "qsort") == process_symbol("qsort"));
  CHECK(library_symbol(libc_path, "allomorph_has_no_such_symbol") == nullptr);
  CHECK(library_symbol("/no/such/library.so", "qsort") == nullptr);
}

TEST_CASE("loaded_libraries: names the C library") {
  const auto paths = loaded_libraries();
  const std::string libc_path = library_of(process_symbol("qsort"));
  CHECK(std::find(paths.begin(), paths.end(), libc_path) != paths.end());
}

TEST_CASE("library_defining: the library that a call reaches, also when its address is taken here") {
  // In an executable that is not position-independent, this makes the address of
  // malloc that of a PLT entry of the executable.
  void* (*volatile address_taken)(size_t) = std::malloc;
  CHECK((address_taken != nullptr));
  CHECK(library_defining("qsort") == library_of(process_symbol("qsort")));
  const std::string own = library_of(reinterpret_cast<const void*>(&is_executable_file));
  const bool malloc_replaced = process_symbol("__sanitizer_get_allocated_size") != nullptr;
  if (!malloc_replaced) CHECK(library_defining("malloc") == library_defining("qsort"));
  CHECK(library_defining("malloc") != own);
  CHECK(library_defining("allomorph_has_no_such_symbol").empty());
}

TEST_CASE("libc: has a name") {
  CHECK_FALSE(libc().name.empty());
  CHECK((libc().name == "glibc") == !libc().version.empty());
}

TEST_CASE("replace_process: runs the other program with its arguments and environment") {
  const ChildEnd end = run_in_child([] {
    char shell[] = "/bin/sh", option[] = "-c", script[] = "exit $CODE", variable[] = "CODE=7";
    char* const arguments[] = {shell, option, script, nullptr};
    char* const environment[] = {variable, nullptr};
    replace_process(shell, arguments, environment);
  });
  CHECK(end.exit_code == 7);
}

TEST_CASE("replace_process: a signal that Node ignores is not ignored by the other program") {
  const ChildEnd end = run_in_child([] {
    std::signal(SIGPIPE, SIG_IGN);
    // A shell cannot trap a signal that was ignored when it started, and so
    // survives its own kill only in that case.
    char shell[] = "/bin/sh", option[] = "-c", script[] = "kill -PIPE $$; exit 9";
    char* const arguments[] = {shell, option, script, nullptr};
    char* const environment[] = {nullptr};
    replace_process(shell, arguments, environment);
  });
  CHECK(end.exit_code == -1);
}

TEST_CASE("replace_process: inherited descriptors stay open, own pipes are closed") {
  const ChildEnd end = run_in_child([] {
    // Close-on-exec, as Node marks what it inherits.
    const int inherited = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int own_pipe[2];
    if (dup3(inherited, 50, O_CLOEXEC) != 50 || pipe2(own_pipe, O_CLOEXEC) != 0 ||
        dup3(own_pipe[0], 60, O_CLOEXEC) != 60) {
      std::_Exit(1);
    }
    char shell[] = "/bin/sh", option[] = "-c";
    char script[] = "test -e /proc/self/fd/50 && test ! -e /proc/self/fd/60";
    char* const arguments[] = {shell, option, script, nullptr};
    char* const environment[] = {nullptr};
    replace_process(shell, arguments, environment);
    std::_Exit(1);
  });
  CHECK(end.exit_code == 0);
}

TEST_CASE("replace_process: on failure errno, and Node's signals are ignored again") {
  const ChildEnd end = run_in_child([] {
    std::signal(SIGPIPE, SIG_IGN);
    char file[] = "/no/such/program";
    char* const arguments[] = {file, nullptr};
    char* const environment[] = {nullptr};
    const int failure = replace_process(file, arguments, environment);
    std::raise(SIGPIPE);
    std::_Exit(failure == ENOENT ? 0 : 1);
  });
  CHECK(end.exit_code == 0);
}
