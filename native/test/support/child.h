// Runs a function in a forked child: for what ends the process.
#ifndef ALLOMORPH_TEST_CHILD_H
#define ALLOMORPH_TEST_CHILD_H

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace allomorph::test {

struct ChildEnd {
  int exit_code;  // -1: ended by a signal
  std::string error_output;
};

// Call it before the process has threads: a child has only the forking one, and
// locks that others held stay locked.
template <class Body>
ChildEnd run_in_child(Body body) {
  int ends[2];
  if (pipe(ends) != 0) return {-1, "pipe failed"};
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    close(ends[1]);
    body();
    std::_Exit(0);
  }
  close(ends[1]);
  std::string output;
  char chunk[512];
  for (ssize_t got; (got = read(ends[0], chunk, sizeof chunk)) > 0;) {
    output.append(chunk, static_cast<size_t>(got));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
}

}  // namespace allomorph::test

#endif
