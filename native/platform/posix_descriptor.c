#define _DEFAULT_SOURCE
#define _DARWIN_C_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/cancellation.h"
#include "platform/descriptor.h"
#include "platform/quiet_write.h"

bool allomorph_is_pipe(int fd) {
  const int before = errno;
  struct stat status;
  const bool is_pipe =
      fstat(fd, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
  errno = before;
  return is_pipe;
}

static ssize_t write_held(int fd, const char* text, size_t length) {
  const int cancellation = allomorph_cancellation_hold();
  const ssize_t written = write(fd, text, length);
  const int error = errno;
  allomorph_cancellation_restore(cancellation);
  errno = error;
  return written;
}

bool allomorph_write_descriptor(int fd, bool is_pipe, const char* text, size_t length) {
  const int before = errno;
  ssize_t written;
  do {
    written = is_pipe ? allomorph_quiet_write(fd, text, length) : write_held(fd, text, length);
  } while (written < 0 && errno == EINTR);
  errno = before;
  return written >= 0 && (size_t)written == length;
}

int allomorph_duplicate_descriptor(int fd) {
  const int before = errno;
  const int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
  errno = before;
  return copy;
}

void allomorph_close_descriptor(int fd) {
  const int before = errno;
  const int cancellation = allomorph_cancellation_hold();
  close(fd);
  allomorph_cancellation_restore(cancellation);
  errno = before;
}
