/*
 * Writing on behalf of a program that knows nothing of it: no point of cancellation, and a pipe
 * that nobody reads is an error and no SIGPIPE. POSIX only; plain C: the preloaded libraries use it
 * too. May be called in a signal handler.
 */
#ifndef ALLOMORPH_PLATFORM_QUIET_WRITE_H
#define ALLOMORPH_PLATFORM_QUIET_WRITE_H

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#include "platform/cancellation.h"

static inline bool allomorph_is_pending(int signal) {
  sigset_t pending;
  return sigpending(&pending) == 0 && sigismember(&pending, signal) == 1;
}

/* write(2) otherwise. */
static inline ssize_t allomorph_quiet_write(int fd, const void* bytes, size_t size) {
  const int cancellation = allomorph_cancellation_hold();
  sigset_t pipe, before;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  /* One that waits already is the program's own. */
  const bool was_pending = allomorph_is_pending(SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  const ssize_t written = write(fd, bytes, size);
  const int error = errno;
  if (written < 0 && error == EPIPE && !was_pending && allomorph_is_pending(SIGPIPE)) {
    int taken;
    sigwait(&pipe, &taken);
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  allomorph_cancellation_restore(cancellation);
  errno = error;
  return written;
}

#endif
