/* Text of bounded size without stdio, which allocates. What does not fit is cut. */
#ifndef ALLOMORPH_COMPOSE_CHECKED_TEXT_H
#define ALLOMORPH_COMPOSE_CHECKED_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct text {
  char* bytes;
  size_t size, length;
};

void put_text(struct text* text, const char* string);
void put_number(struct text* text, uint64_t number);
void put_signed(struct text* text, int64_t number);
void put_hex(struct text* text, uint64_t number);
/* Begins a line of a report, `depth` levels deep; end it with put_text(text, "\n"). */
void put_line(struct text* text, int depth);
/* The first return address outside of the library this is linked into, whose functions tell a
   reader nothing; 0 when all are inside. */
size_t first_foreign(const uintptr_t* frames, size_t count);
/* The place, if it is not null, and one line a return address, under a heading; nothing when there
 * is none. */
void put_frames(struct text* text, const char* heading, const char* place, const uintptr_t* frames,
                size_t count);

#endif
