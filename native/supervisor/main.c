#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "supervisor.h"

int64_t supervisor_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static long long microseconds(struct timeval time) {
  return (long long)time.tv_sec * 1000000 + time.tv_usec;
}

void supervisor_add_orphan(struct orphans* orphans, const struct rusage* used) {
  orphans->user += microseconds(used->ru_utime);
  orphans->system += microseconds(used->ru_stime);
}

static void report_end(FILE* report, int status, int64_t wall, const struct rusage* used) {
  fprintf(report, "ended %d %lld %lld %lld %ld %ld %ld\n", status, (long long)wall,
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
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGPIPE);
  return set;
}

/* Takes back what has ended; true when the command is among it. */
static int reap(pid_t command, const struct sampler* sampler, struct orphans* orphans) {
  int status;
  struct rusage used;
  pid_t pid;
  int done = 0;
  while ((pid = wait4(-1, &status, WNOHANG, &used)) > 0) {
    if (pid != command) {
      supervisor_add_orphan(orphans, &used);
      continue;
    }
    report_end(sampler->report, status, supervisor_now() - sampler->start, &used);
    done = 1;
  }
  return done;
}

/* The next signal; 0 when a sample is due before. */
static int next_signal(const sigset_t* set, int64_t until) {
  int64_t left = until - supervisor_now();
  if (left < 0) left = 0;
  const struct timespec timeout = {left / 1000000000, left % 1000000000};
  const int signal = sigtimedwait(set, NULL, &timeout);
  return signal > 0 ? signal : 0;
}

/* Returns whether the command was asked to end. */
static int supervise(pid_t command, struct sampler* sampler, struct orphans* orphans,
                     const sigset_t* set) {
  int asked = 0;
  for (;;) {
    const int signal = next_signal(set, sampler->look_at);
    if (signal == SIGHUP) {
      kill(command, SIGKILL);
    } else if (signal == SIGTERM || signal == SIGINT) {
      kill(command, signal);
      asked = 1;
    }
    if (reap(command, sampler, orphans)) return asked && signal != SIGHUP;
    if (signal == SIGUSR1) {
      supervisor_sample(sampler, 1);
      fprintf(sampler->report, "mark %lld\n",
              (long long)(supervisor_now() - sampler->start) / 1000);
    } else if (supervisor_now() >= sampler->look_at) {
      supervisor_sample(sampler, 0);
    }
  }
}

int main(int argc, char** argv) {
  (void)argc;
  struct command command;
  FILE* report = fdopen(report_fd, "w");
  if (report == NULL || !supervisor_read_command(&command, argv)) {
    fputs("allomorph-supervisor is started by allomorph compare, not by hand.\n", stderr);
    return 2;
  }
  const sigset_t set = signals_of_interest();
  sigset_t mask;
  sigprocmask(SIG_BLOCK, &set, &mask);
  prctl(PR_SET_PDEATHSIG, SIGHUP);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  /* The reader is not to be woken for every sample. */
  setvbuf(report, NULL, _IOFBF, 1 << 20);

  const int64_t start = supervisor_now();
  const pid_t pid = supervisor_start(&command, &mask);
  if (pid < 0) {
    fprintf(report, "failed %d\n", errno);
    return 1;
  }
  fprintf(report, "started %d\n", (int)pid);
  fflush(report);
  struct sampler sampler = {
      .report = report, .start = start, .interval = command.interval, .look_at = supervisor_now()};
  struct orphans orphans = {0, 0};
  const int asked = supervise(pid, &sampler, &orphans, &set);
  fprintf(report, "largest %d\n", (int)sampler.largest_pid);
  fflush(report);
  if (asked) supervisor_let_end(&set, &orphans);
  const int left = supervisor_end_all(&orphans);
  fprintf(report, "left %d %lld %lld\n", left, (long long)orphans.user, (long long)orphans.system);
  free(sampler.tree);
  return 0;
}
