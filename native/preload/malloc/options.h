/* The `key=value` of a block in a specification. What is wrong with them ends the process. */
#ifndef ALLOMORPH_PRELOAD_OPTIONS_H
#define ALLOMORPH_PRELOAD_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "interposer.h"

enum { most_options = 8 };

struct options {
  const struct block_kind* kind;
  struct {
    const char* key;
    const char* value;
  } list[most_options];
  size_t count;
};

/* Null: not given. */
INTERNAL const char* option_text(const struct options* options, const char* key);
/* An absolute path that can be appended to. Null: not given. */
INTERNAL const char* option_file(const struct options* options, const char* key);

/* The same, open for the life of the process, out of the way of programs that count on the lowest
   free descriptor or close the first few hundred. Not given: stderr. */
INTERNAL int option_open_file(const struct options* options, const char* key);

/* False: not given, `value` stays. */
INTERNAL bool option_number(const struct options* options, const char* key, uint64_t* value);
/* Bytes: a number with an optional k, m or g, factors of 1024. */
INTERNAL bool option_size(const struct options* options, const char* key, uint64_t* value);
/* 0 to 1. */
INTERNAL bool option_probability(const struct options* options, const char* key, double* value);
/* The index of the word; -1: not given. `words` ends with a null. */
INTERNAL int option_word(const struct options* options, const char* key, const char* const* words);

/* Ends the process: `what` is wrong with the value of `key`. */
INTERNAL _Noreturn void option_failed(const struct options* options, const char* key,
                                      const char* what);

#endif
