/* Writing a report past stdio, which allocates and locks. */
#ifndef ALLOMORPH_PLATFORM_DIAGNOSTIC_H
#define ALLOMORPH_PLATFORM_DIAGNOSTIC_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* All of it with one write(2) where the descriptor takes it so; what it refuses (a full disk, a
   closed pipe) goes to stderr. Keeps errno. May be called in a signal handler. */
void allomorph_diagnostic_write(int fd, const char* text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
