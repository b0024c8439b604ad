/*
 * Output without stdio and without malloc, for what may itself be malloc. None changes errno. Plain
 * C: the preloaded libraries use it too.
 */
#ifndef ALLOMORPH_PLATFORM_DESCRIPTOR_H
#define ALLOMORPH_PLATFORM_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whether its reader may leave: a pipe, a FIFO, a socket. */
bool allomorph_is_pipe(int fd);

/* One write: what several threads or processes append to one file does not mix. What the system
   does not take (a full disk, a closed pipe) is lost: false. Of a pipe that nobody reads,
   `is_pipe` keeps SIGPIPE from the program, for three more system calls. */
bool allomorph_write_descriptor(int fd, bool is_pipe, const char* text, size_t length);

/* A second descriptor of the same file, which children do not inherit; -1: none could be made. */
int allomorph_duplicate_descriptor(int fd);
void allomorph_close_descriptor(int fd);

#ifdef __cplusplus
}
#endif

#endif
