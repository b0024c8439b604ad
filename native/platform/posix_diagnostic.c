#include <errno.h>
#include <unistd.h>

#include "platform/diagnostic.h"
#include "platform/quiet_write.h"

void allomorph_diagnostic_write(int fd, const char* text, size_t size) {
  const int error = errno;
  while (size > 0) {
    const ssize_t written = allomorph_quiet_write(fd, text, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      if (fd == STDERR_FILENO) break;
      fd = STDERR_FILENO;
      continue;
    }
    text += written;
    size -= (size_t)written;
  }
  errno = error;
}
