#include <unistd.h>

#include "blocks.h"
#include "compose/counted.h"
#include "compose/failing.h"
#include "compose/limited.h"
#include "message.h"

static void begin_report(struct message* message, const char* name) {
  *message = message_begin();
  message_text(message, name);
  message_text(message, ": pid ");
  message_number(message, (uint64_t)getpid());
}

static void put(struct message* message, const char* before, uint64_t number) {
  message_text(message, before);
  message_number(message, number);
}

/* --- limited */

static allomorph_allocator* build_limited(allomorph_allocator* behind,
                                          const struct options* options) {
  uint64_t bytes;
  if (!option_size(options, "bytes", &bytes)) option_failed(options, "bytes", "is missing");
  if (bytes == 0) option_failed(options, "bytes", "is nothing");
  return allomorph_limited(behind, (size_t)bytes);
}

/* --- counted */

static void report_counts(struct watch* watch) {
  allomorph_counts counts;
  allomorph_counted_read(watch->allocator, &counts);
  struct message message;
  begin_report(&message, "counted");
  put(&message, ": calls: allocate ", counts.allocate);
  put(&message, ", deallocate ", counts.deallocate);
  put(&message, ", reallocate ", counts.reallocate);
  put(&message, ", reallocate_inplace ", counts.reallocate_inplace);
  put(&message, ", usable_size ", counts.usable_size);
  put(&message, ", failed ", counts.failed);
  put(&message, "; live: blocks ", counts.live_blocks);
  put(&message, ", bytes ", counts.live_bytes);
  put(&message, "; peak bytes ", counts.peak_bytes);
  message_append(&message, watch->file);
}

static allomorph_allocator* build_counted(allomorph_allocator* behind,
                                          const struct options* options) {
  const char* file = option_file(options, "report");
  allomorph_allocator* self = allomorph_counted(behind);
  if (self != NULL) {
    blocks_watch((struct watch){.allocator = self, .file = file, .at_exit = report_counts});
  }
  return self;
}

/* --- failing */

static void report_first_failure(struct watch* watch) {
  if (allomorph_failing_count(watch->allocator) == 0) return; /* exhausted in earnest */
  if (atomic_exchange(&watch->is_reported, true)) return;
  struct message message;
  begin_report(&message, "failing");
  message_text(&message, ": the first call was made to fail");
  message_append(&message, watch->file);
}

static void report_failures(struct watch* watch) {
  struct message message;
  begin_report(&message, "failing");
  put(&message, ": calls made to fail: ", allomorph_failing_count(watch->allocator));
  message_append(&message, watch->file);
}

static allomorph_allocator* build_failing(allomorph_allocator* behind,
                                          const struct options* options) {
  uint64_t after = UINT64_MAX, seed = 0;
  double probability = 0;
  const bool has_after = option_number(options, "after", &after);
  const bool has_probability = option_probability(options, "probability", &probability);
  if (!has_after && !has_probability) option_failed(options, "after", "is missing");
  if (option_number(options, "seed", &seed) && !has_probability) {
    option_failed(options, "seed", "has no meaning without probability");
  }
  allomorph_allocator* self = allomorph_failing(behind, after, probability, seed);
  if (self != NULL) {
    blocks_watch((struct watch){
        .allocator = self, .at_exit = report_failures, .after_failure = report_first_failure});
  }
  return self;
}

static const char* const limited_keys[] = {"bytes", NULL};
static const char* const counted_keys[] = {"report", NULL};
static const char* const failing_keys[] = {"after", "probability", "seed", NULL};

const struct block_kind allomorph_blocks[] = {
    {"limited", "limited:bytes=SIZE:SPEC", limited_keys, build_limited},
    {"counted", "counted[:report=FILE]:SPEC", counted_keys, build_counted},
    {"failing", "failing:after=N:SPEC or failing:probability=P[,seed=N]:SPEC", failing_keys,
     build_failing},
    {NULL, NULL, NULL, NULL},
};
