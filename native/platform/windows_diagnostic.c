#include <io.h>

#include "platform/diagnostic.h"

enum { standard_error = 2 };

void allomorph_diagnostic_write(int fd, const char* text, size_t size) {
  while (size > 0) {
    const int written = _write(fd, text, (unsigned)(size > 65536 ? 65536 : size));
    if (written <= 0) {
      if (fd == standard_error) return;
      fd = standard_error;
      continue;
    }
    text += written;
    size -= (size_t)written;
  }
}
