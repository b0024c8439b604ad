/* `checked` in a specification. */
#ifndef ALLOMORPH_PRELOAD_CHECKED_BLOCK_H
#define ALLOMORPH_PRELOAD_CHECKED_BLOCK_H

#include "options.h"

extern const char checked_form[] INTERNAL;
extern const char* const checked_keys[] INTERNAL;

INTERNAL allomorph_allocator* checked_build(allomorph_allocator* behind,
                                            const struct options* options);

#endif
