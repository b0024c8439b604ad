/* Sentences on stderr, put together without malloc or stdio, and written at once. */
#ifndef ALLOMORPH_PRELOAD_MESSAGE_H
#define ALLOMORPH_PRELOAD_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "interposer.h"

struct message {
  char text[4096]; /* what is longer is cut */
  size_t length;
};

/* "allomorph: " */
INTERNAL struct message message_begin(void);
INTERNAL void message_text(struct message* message, const char* text);
INTERNAL void message_number(struct message* message, uint64_t number);
INTERNAL void message_address(struct message* message, const void* address);

/* For appending; -1: it could not be opened, errno says why. Waits for nobody: a FIFO that nobody
   reads is ENXIO. Writing waits as usual. */
INTERNAL int message_open(const char* file);

/* With a line feed. False: not all of it was taken. */
INTERNAL bool message_write(struct message* message, int fd);
/* To stderr. */
INTERNAL void message_send(struct message* message);
/* The same, appended to a file; null: stderr. Where the file does not take it, stderr gets it,
   behind a sentence that says so. */
INTERNAL void message_append(struct message* message, const char* file);

/* Ends the process before its main with start_failed_status. The arguments, up to a null, are one
 * sentence. */
INTERNAL _Noreturn void start_failed(const char* first, ...) __attribute__((sentinel));

#endif
