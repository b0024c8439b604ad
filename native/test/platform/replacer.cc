// A process that is replaced: replacer FILE CHANGE MODE [ARGUMENT...]
//
// Brings itself into the state in which Node is, then has replace_process run FILE
// with the ARGUMENTs. CHANGE is empty, or PLACE NAME=text, PLACE a letter: "b"ehind and be"f"ore
// with
// ":" between, "a"bsent, "l"ast.
// MODE is "intact", where question marks are passed as the arguments, so that the
// true ones must come from the command line, or "overwritten", where the command
// line is said to have another length than it has. Ends with 40 when replacing
// fails with ENOENT, else with 41.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include "platform/platform.h"

using allomorph::platform::Change;
using allomorph::platform::replace_process;

int main(int argument_count, char** arguments) {
  if (argument_count < 4) return 42;
  std::signal(SIGPIPE, SIG_IGN);
  unsetenv("NODE_CHANNEL_FD");
  // 50 is inherited and marked as Node marks it; 60 and 61 are Node's own pipe.
  const int inherited = open("/dev/null", O_RDONLY | O_CLOEXEC);
  int own_pipe[2];
  if (dup3(inherited, 50, O_CLOEXEC) != 50 || pipe2(own_pipe, O_CLOEXEC | O_NONBLOCK) != 0 ||
      dup3(own_pipe[0], 60, O_CLOEXEC) != 60 || dup3(own_pipe[1], 61, O_CLOEXEC) != 61) {
    return 43;
  }

  const std::string change = arguments[2];
  std::vector<Change> changes;
  if (!change.empty()) {
    const size_t equals = change.find('=');
    const auto place = static_cast<Change::Place>(std::string("bfal").find(change[0]));
    changes.push_back({change.substr(1, equals - 1), change.substr(equals + 1), ":", place});
  }
  const std::vector<std::string> given(arguments + 4, arguments + argument_count);
  const auto length = static_cast<size_t>(argument_count);
  const bool intact = std::string(arguments[3]) == "intact";
  const int failure = replace_process({
      .file = arguments[1],
      .arguments = intact ? std::vector<std::string>(given.size(), "?") : given,
      .same_program = false,
      .command_line_length = intact ? length : length + 1,
      .changes = changes,
  });
  // Ends this process unless it is ignored again.
  std::raise(SIGPIPE);
  return failure == ENOENT ? 40 : 41;
}
