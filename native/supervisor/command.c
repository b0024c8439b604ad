#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "supervisor.h"

int supervisor_read_command(struct command* command, char** argv) {
  if (argv[0] == NULL || argv[1] == NULL || argv[2] == NULL) return 0;
  command->interval = atoll(argv[1]) * 1000;
  if (command->interval <= 0) return 0;
  command->file = argv[2];
  command->changes = argv + 3;
  char** end = command->changes;
  while (*end != NULL && strcmp(*end, "--") != 0) end++;
  if (*end == NULL || end[1] == NULL) return 0;
  command->arguments = end + 1;
  return 1;
}

static void change_environment(char** changes) {
  for (; strcmp(*changes, "--") != 0; changes++) {
    if (**changes == '-') {
      unsetenv(*changes + 1);
    } else {
      putenv(*changes);
    }
  }
}

static void become(const struct command* command, const sigset_t* mask, int failure_fd) {
  change_environment(command->changes);
  close(report_fd);
  /* Should the supervisor be killed; its own children it then has to end itself. */
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigprocmask(SIG_SETMASK, mask, NULL);
  execv(command->file, command->arguments);
  const int failure = errno;
  const ssize_t written = write(failure_fd, &failure, sizeof failure);
  (void)written;
  _exit(127);
}

pid_t supervisor_start(const struct command* command, const sigset_t* mask) {
  int ends[2];
  /* Closed by the exec: an end of file says that it worked. */
  if (pipe(ends) != 0) return -1;
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  const pid_t pid = fork();
  if (pid < 0) return -1;
  if (pid == 0) become(command, mask, ends[1]);
  close(ends[1]);
  int failure = 0;
  ssize_t length;
  do {
    length = read(ends[0], &failure, sizeof failure);
  } while (length < 0 && errno == EINTR);
  close(ends[0]);
  if (length != (ssize_t)sizeof failure) return pid;
  waitpid(pid, NULL, 0);
  errno = failure;
  return -1;
}
