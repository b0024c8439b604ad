#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "supervisor.h"

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static long long microseconds(struct timeval time) {
  return (long long)time.tv_sec * 1000000 + time.tv_usec;
}

static void report_end(int status, int64_t wall, const struct rusage* used) {
  dprintf(report_fd, "ended %d %lld %lld %lld %ld %ld %ld\n", status, (long long)wall,
          microseconds(used->ru_utime), microseconds(used->ru_stime), used->ru_minflt,
          used->ru_majflt, used->ru_maxrss);
}

/* What to wait for; blocked, and taken one by one. SIGPIPE: nobody may be left to
   report to, and the tree has to be ended all the same. */
static sigset_t signals_of_interest(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  sigaddset(&set, SIGPIPE);
  return set;
}

/* Takes back what has ended; true when the command is among it. */
static int reap(pid_t command, int64_t start) {
  int status;
  struct rusage used;
  pid_t pid;
  int done = 0;
  while ((pid = wait4(-1, &status, WNOHANG, &used)) > 0) {
    if (pid != command) continue; /* an orphan that has become ours */
    report_end(status, now() - start, &used);
    done = 1;
  }
  return done;
}

static void supervise(pid_t command, int64_t start, const sigset_t* set) {
  for (;;) {
    const int signal = sigwaitinfo(set, NULL);
    if (signal == SIGHUP) {
      kill(command, SIGKILL);
    } else if (signal == SIGTERM || signal == SIGINT) {
      kill(command, signal);
    }
    if (reap(command, start)) return;
  }
}

int main(int argc, char** argv) {
  (void)argc;
  struct command command;
  if (!supervisor_read_command(&command, argv)) {
    fputs("allomorph-supervisor is started by allomorph compare, not by hand.\n", stderr);
    return 2;
  }
  const sigset_t set = signals_of_interest();
  sigset_t mask;
  sigprocmask(SIG_BLOCK, &set, &mask);
  prctl(PR_SET_PDEATHSIG, SIGHUP);
  prctl(PR_SET_CHILD_SUBREAPER, 1);

  const int64_t start = now();
  const pid_t pid = supervisor_start(&command, &mask);
  if (pid < 0) {
    dprintf(report_fd, "failed %d\n", errno);
    return 1;
  }
  dprintf(report_fd, "started %d\n", (int)pid);
  supervise(pid, start, &set);
  dprintf(report_fd, "left %d\n", supervisor_end_all(pid));
  return 0;
}
