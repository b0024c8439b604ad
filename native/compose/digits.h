/* Numbers as text without stdio, which allocates. */
#ifndef ALLOMORPH_COMPOSE_DIGITS_H
#define ALLOMORPH_COMPOSE_DIGITS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* As many as a number can have. */
enum { most_digits = 20 };

/* Writes the digits of a number in base 10 or 16, without a null, and says how many. */
static inline size_t write_digits(char* to, uint64_t number, unsigned base) {
  char digits[most_digits];
  size_t at = sizeof digits;
  do {
    digits[--at] = "0123456789abcdef"[number % base];
    number /= base;
  } while (number != 0);
  memcpy(to, digits + at, sizeof digits - at);
  return sizeof digits - at;
}

#endif
