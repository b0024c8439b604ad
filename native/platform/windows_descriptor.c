#include <errno.h>
#include <io.h>

#include "platform/descriptor.h"

bool allomorph_write_descriptor(int fd, const char* text, size_t length) {
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
