/* The report about what is live, by the place that allocated it. */
#include <string.h>

#include "blocks.h"
#include "faults.h"
#include "memory.h"
#include "platform/diagnostic.h"
#include "sort.h"
#include "text.h"

enum { most_faults = 16, text_size = 8192 };

/* How much is said. */
struct bounds {
  size_t places, frames;
};

/* Blocks of one size from one place. */
struct group {
  allomorph_checked_block first;
  size_t count;
};

/* Equal: allocated with the same size at the same place. */
static int by_place(const void* first, const void* second) {
  const allomorph_checked_block* a = first;
  const allomorph_checked_block* b = second;
  if (a->allocated_count != b->allocated_count) return a->allocated_count - b->allocated_count;
  const int frames = memcmp(a->allocated, b->allocated, a->allocated_count * sizeof *a->allocated);
  if (frames != 0) return frames;
  if (a->allocated_place != b->allocated_place) {
    return (uintptr_t)a->allocated_place < (uintptr_t)b->allocated_place ? -1 : 1;
  }
  return a->size < b->size ? -1 : a->size > b->size;
}

static size_t bytes_of(const struct group* group) {
  return group->count * (group->first.size - group->first.header);
}

static int larger_first(const void* first, const void* second) {
  const size_t a = bytes_of(first);
  const size_t b = bytes_of(second);
  return a > b ? -1 : a < b;
}

static void write_text(const struct checked* self, const struct text* text) {
  allomorph_diagnostic_write(self->options.report_fd, text->bytes, text->length);
}

static void write_group(const struct checked* self, const struct group* group, size_t most_frames) {
  const allomorph_checked_block* block = &group->first;
  const size_t own = first_foreign(block->allocated, block->allocated_count);
  const size_t frames = block->allocated_count - own;
  char bytes[text_size];
  struct text text = {bytes, sizeof bytes, 0};
  put_line(&text, 1);
  put_number(&text, group->count);
  put_text(&text, " of size ");
  put_number(&text, block->size - block->header);
  put_text(&text, ", alignment ");
  put_number(&text, block->align);
  put_text(&text, group->count == 1 ? ": block " : ": first block ");
  put_hex(&text, block->address + block->header);
  put_text(&text, "\n");
  put_frames(&text, "allocated at", block->allocated_place, block->allocated + own,
             frames < most_frames ? frames : most_frames);
  write_text(self, &text);
}

static void write_summary(const struct checked* self, size_t blocks, size_t bytes) {
  char line[256];
  struct text text = {line, sizeof line, 0};
  put_line(&text, 0);
  put_text(&text, "leak: ");
  put_number(&text, blocks);
  put_text(&text, blocks == 1 ? " block with " : " blocks with ");
  put_number(&text, bytes);
  put_text(&text, bytes == 1    ? " byte is live\n"
                  : blocks == 1 ? " bytes is live\n"
                                : " bytes are live\n");
  write_text(self, &text);
}

/* Groups neighbours of the sorted blocks. Result: how many groups. */
static size_t make_groups(allomorph_checked_block* const* sorted, size_t count,
                          struct group* groups) {
  size_t last = 0;
  for (size_t index = 0; index < count; index++) {
    if (index != 0 && by_place(sorted[index - 1], sorted[index]) == 0) {
      groups[last - 1].count++;
      continue;
    }
    groups[last].first = *sorted[index];
    groups[last++].count = 1;
  }
  return last;
}

static void write_groups(const struct checked* self, struct group* groups, void** sorted,
                         size_t count, struct bounds most) {
  for (size_t index = 0; index < count; index++) sorted[index] = &groups[index];
  sort_pointers(sorted, count, larger_first);
  for (size_t index = 0; index < count && index < most.places; index++) {
    write_group(self, sorted[index], most.frames);
  }
  if (count <= most.places) return;
  char line[128];
  struct text text = {line, sizeof line, 0};
  put_line(&text, 1);
  put_text(&text, "and ");
  put_number(&text, count - most.places);
  put_text(&text, " more places\n");
  write_text(self, &text);
}

/* Needs room for `room` of each; `blocks` may have become fewer or more since they were counted. */
static void write_live(struct checked* self, allomorph_checked_block* blocks, struct group* groups,
                       void** sorted, size_t room, struct bounds most) {
  const size_t live = allomorph_checked_live(&self->head, blocks, room);
  const size_t count = live < room ? live : room;
  for (size_t index = 0; index < count; index++) sorted[index] = &blocks[index];
  sort_pointers(sorted, count, by_place);
  const size_t places = make_groups((allomorph_checked_block* const*)sorted, count, groups);
  write_groups(self, groups, sorted, places, most);
}

static void report_damage(struct checked* self) {
  const size_t room = most_faults * sizeof(allomorph_fault);
  allomorph_fault* faults = allomorph_map_pages(room);
  if (faults == NULL) return;
  const size_t found = allomorph_checked_verify(&self->head, faults, most_faults);
  for (size_t index = 0; index < found && index < most_faults; index++) {
    deliver_fault(self, &faults[index]);
  }
  allomorph_unmap_pages(faults, room);
}

size_t allomorph_checked_report_leaks(allomorph_allocator* allocator, size_t most_places,
                                      size_t most_frames) {
  struct checked* self = checked_of(allocator);
  report_damage(self);
  const allomorph_checked_stats stats = allomorph_checked_read(allocator);
  const size_t count = (size_t)stats.live_blocks;
  if (count == 0 || most_places == 0) return count;
  write_summary(self, count, (size_t)stats.live_bytes);
  const size_t each = sizeof(allomorph_checked_block) + sizeof(struct group) + sizeof(void*);
  uint8_t* memory = allomorph_map_pages(count * each);
  /* The summary has been said; the details need as much memory again. */
  if (memory == NULL) return count;
  allomorph_checked_block* blocks = (allomorph_checked_block*)memory;
  struct group* groups = (struct group*)(blocks + count);
  const struct bounds most = {most_places, most_frames};
  write_live(self, blocks, groups, (void**)(groups + count), count, most);
  allomorph_unmap_pages(memory, count * each);
  return count;
}
