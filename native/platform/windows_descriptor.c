#include <errno.h>
#include <io.h>

#include "platform/descriptor.h"

/* There is no SIGPIPE. */
bool allomorph_is_pipe(int fd) {
  (void)fd;
  return false;
}

bool allomorph_write_descriptor(int fd, bool is_pipe, const char* text, size_t length) {
  (void)is_pipe;
  const int before = errno;
  const int written = _write(fd, text, (unsigned)length);
  errno = before;
  return written >= 0 && (size_t)written == length;
}

int allomorph_duplicate_descriptor(int fd) {
  const int before = errno;
  const int copy = _dup(fd);
  errno = before;
  return copy;
}

void allomorph_close_descriptor(int fd) {
  const int before = errno;
  _close(fd);
  errno = before;
}
