/* Blocks that need a descriptor, or pages beyond their own bookkeeping. */
#include <unistd.h>

#include "blocks.h"
#include "checked_block.h"
#include "compose/bump.h"
#include "compose/logged.h"
#include "message.h"

/* --- logged */

static void report_lost(struct watch* watch) {
  const uint64_t lost = allomorph_logged_lost(watch->allocator);
  if (lost == 0) return;
  struct message message = message_begin();
  message_text(&message, "logged: pid ");
  message_number(&message, (uint64_t)getpid());
  message_text(&message, ": lines that could not be written to ");
  message_text(&message, watch->file);
  message_text(&message, ": ");
  message_number(&message, lost);
  message_send(&message);
}

static allomorph_allocator* build_logged(allomorph_allocator* behind,
                                         const struct options* options) {
  const char* file = option_text(options, "file");
  if (file == NULL) option_failed(options, "file", "is missing");
  allomorph_allocator* self = allomorph_logged(behind, option_open_file(options, "file"));
  if (self != NULL) {
    blocks_watch((struct watch){.allocator = self, .file = file, .at_exit = report_lost});
  }
  return self;
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
