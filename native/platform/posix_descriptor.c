#define _DEFAULT_SOURCE
#define _DARWIN_C_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "platform/cancellation.h"
#include "platform/descriptor.h"

bool allomorph_write_descriptor(int fd, const char* text, size_t length) {
  const int before = errno;
  const int cancellation = allomorph_cancellation_hold();
  ssize_t written;
  do {
    written = write(fd, text, length);
  } while (written < 0 && errno == EINTR);
  allomorph_cancellation_restore(cancellation);
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
