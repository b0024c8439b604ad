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

static allomorph_allocator* build_bump(allomorph_allocator* behind, const struct options* options) {
  uint64_t chunk = 1 << 20;
  if (option_size(options, "chunk", &chunk) && chunk == 0) {
    option_failed(options, "chunk", "is nothing");
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
