/*
 * Writing on behalf of a program that knows nothing of it: no point of cancellation, a pipe
 * that nobody reads is an error and no SIGPIPE, and one that is full is waited for. POSIX only;
 * plain C: the preloaded libraries use it too. May be called in a signal handler.
 */
#ifndef ALLOMORPH_PLATFORM_QUIET_WRITE_H
#define ALLOMORPH_PLATFORM_QUIET_WRITE_H

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#include "platform/cancellation.h"

static inline bool allomorph_is_pending(int signal) {
  sigset_t pending;
  return sigpending(&pending) == 0 && sigismember(&pending, signal) == 1;
}

/*
 * Whether a descriptor that is not to be waited for (O_NONBLOCK, as Node makes its pipes) takes
 * more now. Whoever reads it may be slow, but has to read: who has taken nothing for so long is not
 * waited for again.
 */
static inline bool allomorph_takes_more(int fd) {
  enum { patience_milliseconds = 10 * 1000 };
  static atomic_bool is_stuck;
  if (atomic_load(&is_stuck)) return false;
  struct pollfd waiting = {.fd = fd, .events = POLLOUT};
  const int ready = poll(&waiting, 1, patience_milliseconds);
  if (ready == 0) atomic_store(&is_stuck, true);
  return ready > 0 || (ready < 0 && errno == EINTR);
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
  ssize_t written;
  do {
    written = write(fd, bytes, size);
  } while (written < 0 && errno == EAGAIN && allomorph_takes_more(fd));
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
