#include "text.h"

#include <string.h>

#include "compose/digits.h"
#include "platform/stack.h"

static void put(struct text* text, const char* bytes, size_t size) {
  const size_t room = text->size - text->length;
  if (size > room) size = room;
  memcpy(text->bytes + text->length, bytes, size);
  text->length += size;
}

static void put_digits(struct text* text, uint64_t number, unsigned base) {
  char digits[most_digits];
  put(text, digits, write_digits(digits, number, base));
}

void put_text(struct text* text, const char* string) {
  put(text, string, strlen(string));
}

void put_number(struct text* text, uint64_t number) {
  put_digits(text, number, 10);
}

void put_signed(struct text* text, int64_t number) {
  if (number < 0) put_text(text, "-");
  put_digits(text, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 10);
}

void put_hex(struct text* text, uint64_t number) {
  put_text(text, "0x");
  put_digits(text, number, 16);
}

void put_line(struct text* text, int depth) {
  put_text(text, "==allomorph== ");
  for (int level = 0; level < depth; level++) put_text(text, "  ");
}

static void put_code(struct text* text, uintptr_t address) {
  /* The call, not what follows it: that may be the next function. */
  const allomorph_code code = allomorph_code_at(address - 1);
  if (code.module == NULL) {
    put_hex(text, address);
    return;
  }
  put_text(text, code.module);
  put_text(text, "+");
  put_hex(text, code.module_offset + 1);
  if (code.symbol == NULL) return;
  put_text(text, " (");
  put_text(text, code.symbol);
  put_text(text, "+");
  put_hex(text, code.symbol_offset + 1);
  put_text(text, ")");
}

size_t first_foreign(const uintptr_t* frames, size_t count) {
  const char* own = allomorph_code_at((uintptr_t)put_frames).module;
  for (size_t index = 0; index < count; index++) {
    if (allomorph_code_at(frames[index] - 1).module != own) return index;
  }
  return 0;
}

void put_frames(struct text* text, const char* heading, const char* place, const uintptr_t* frames,
                size_t count) {
  if (count == 0 && place == NULL) return;
  put_line(text, 1);
  put_text(text, heading);
  put_text(text, "\n");
  if (place != NULL) {
    put_line(text, 2);
    put_text(text, place);
    put_text(text, "\n");
  }
  const size_t first = first_foreign(frames, count);
  for (size_t index = first; index < count; index++) {
    put_line(text, 2);
    put_text(text, "#");
    put_number(text, index - first);
    put_text(text, " ");
    put_code(text, frames[index]);
    put_text(text, "\n");
  }
}
