/* Blocks that need a descriptor, or pages beyond their own bookkeeping. */
#include "blocks.h"
#include "checked_block.h"
#include "compose/bump.h"
#include "compose/logged.h"

/* --- logged */

static allomorph_allocator* build_logged(allomorph_allocator* behind,
                                         const struct options* options) {
  if (option_text(options, "file") == NULL) option_failed(options, "file", "is missing");
  return allomorph_logged(behind, option_open_file(options, "file"));
}

/* --- bump */

/* As lib/compose/bump.ts has them. */
static const uint64_t least_chunk = 128, most_chunk = UINT64_C(1) << 40;

static allomorph_allocator* build_bump(allomorph_allocator* behind, const struct options* options) {
  uint64_t chunk = 1 << 20;
  if (option_size(options, "chunk", &chunk) && (chunk < least_chunk || chunk > most_chunk)) {
    option_failed(options, "chunk", "is not from 128 to 1024g");
  }
  return allomorph_bump(behind, (size_t)chunk);
}

static const char* const logged_keys[] = {"file", NULL};
static const char* const bump_keys[] = {"chunk", NULL};

const struct block_kind allomorph_more_blocks[] = {
    {"logged", "logged:file=FILE:SPEC", logged_keys, build_logged},
    {"bump", "bump[:chunk=SIZE]:SPEC", bump_keys, build_bump},
    {"checked", checked_form, checked_keys, checked_build},
    {NULL, NULL, NULL, NULL},
};
