// replace_process, through replacer.cc.

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "support/child.h"

namespace {

using allomorph::test::ChildEnd;
using allomorph::test::run_in_child;

constexpr int by_signal = -1;

// The end of the replacer, or of the program that took its place.
ChildEnd replaced_by(const std::string& file, const std::vector<std::string>& arguments,
                     const std::string& change = "", const std::string& mode = "intact") {
  std::vector<std::string> all = {REPLACER, file, change, mode};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return run_in_child([&all] {
    setenv("KEPT", "kept value", 1);
    setenv("NODE_CHANNEL_FD", "3", 1);
    std::vector<char*> pointers;
    for (std::string& each : all) pointers.push_back(each.data());
    pointers.push_back(nullptr);
    execv(REPLACER, pointers.data());
  });
}

// The exit status of a shell script that takes the replacer's place.
int shell(const std::string& script, const std::string& change = "") {
  return replaced_by("/bin/sh", {"sh", "-c", script}, change).exit_code;
}

}  // namespace

TEST_CASE("replace_process: the arguments, byte for byte") {
  const std::string odd = "a b\n\"'\\\xff";
  for (const char* mode : {"intact", "overwritten"}) {
    CAPTURE(mode);
    const ChildEnd end = replaced_by(
        "/bin/sh", {"sh", "-c", "printf '%s|' \"$0\" \"$1\" \"$2\" >&2", odd, "", "c"}, "", mode);
    CHECK(end.exit_code == 0);
    CHECK(end.error_output == odd + "||c|");
  }
}

TEST_CASE("replace_process: a variable is added, lengthened, left alone; others are kept") {
  CHECK(shell("test \"$ADDED\" = 'x=y' && test \"$KEPT\" = 'kept value'", "aADDED=x=y") == 0);
  CHECK(shell("test \"$ADDED\" = x", "bADDED=x") == 0);
  CHECK(shell("test \"$ADDED\" = x", "fADDED=x") == 0);
  CHECK(shell("test \"$KEPT\" = 'kept value:x'", "bKEPT=x") == 0);
  CHECK(shell("test \"$KEPT\" = 'x:kept value'", "fKEPT=x") == 0);
  CHECK(shell("test \"$KEPT\" = 'kept value'", "aKEPT=x") == 0);
  CHECK(shell("test \"$KEPT\" = x", "lKEPT=x") == 0);
  CHECK(shell("test \"$(tr '\\0' '\\n' < /proc/$$/environ | tail -n 1)\" = KEPT=x", "lKEPT=x") ==
        0);
}

TEST_CASE("replace_process: a variable that Node took out of its environment is back") {
  CHECK(shell("test \"$NODE_CHANNEL_FD\" = 3") == 0);
}

TEST_CASE("replace_process: a signal that Node ignores is not ignored by the other program") {
  CHECK(shell("kill -PIPE $$; exit 9") == by_signal);
}

TEST_CASE("replace_process: inherited descriptors stay open, Node's own pipes are closed") {
  CHECK(shell("test -e /proc/self/fd/0 && test -e /proc/self/fd/50") == 0);
  CHECK(shell("test -e /proc/self/fd/60 || test -e /proc/self/fd/61") == 1);
}

TEST_CASE("replace_process: on failure errno, and the signals are ignored again") {
  CHECK(replaced_by("/no/such/program", {"program"}).exit_code == 40);
  CHECK(replaced_by("/", {"program"}).exit_code == 41);
}
