#define _GNU_SOURCE
#include "checked_block.h"

#include <pthread.h>
#include <string.h>

#include "blocks.h"
#include "compose/checked/checked.h"
#include "header.h"

/* How much the report of leaks may say: a program that ends leaves its own blocks to the kernel, a
   Node thousands. The largest places of `on` are some twenty lines. */
static const struct {
  size_t places, frames;
} leak_reports[] = {[0] = {4, 3}, [1] = {0, 0}, [2] = {1000, ALLOMORPH_CHECKED_FRAMES}};

static const char* const leak_words[] = {"on", "off", "all", NULL};
enum { leaks_all = 2 };

/* A leak counts as a fault with `all` only: nearly every program leaves some block to the kernel,
   the C library's buffer of stdout for one, and `on` tells how much that is. */
static bool has_leaked;

static void report_leaks(struct watch* watch) {
  const size_t live = allomorph_checked_report_leaks(
      watch->allocator, leak_reports[watch->choice].places, leak_reports[watch->choice].frames);
  if (watch->choice == leaks_all && live != 0) has_leaked = true;
}

static int exit_status(struct watch* watch) {
  const bool is_faulty = allomorph_checked_read(watch->allocator).faults != 0 || has_leaked;
  return is_faulty ? watch->exit_status_on_fault : 0;
}

/* Guarding everything, Node's start alone takes more mappings than it is good to spend: 13,000
   blocks that live as long as it does. */
enum { usual_every = 20 };

static bool is_on_own_stack(const void* p) {
  if ((uintptr_t)p < (uintptr_t)__builtin_frame_address(0)) return false;
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return false;
  void* lowest;
  size_t size;
  const bool is_known = pthread_attr_getstack(&attributes, &lowest, &size) == 0;
  pthread_attr_destroy(&attributes);
  return is_known && (uintptr_t)p - (uintptr_t)lowest < size;
}

/* Not ours: then it is the C library's, unless it cannot be. */
static enum verdict judge_unknown(struct watch* watch, void* p, allomorph_fault* fault) {
  if ((uintptr_t)p % least_align == 0 && !is_on_own_stack(p)) return verdict_foreign;
  fault->address = (uintptr_t)p;
  allomorph_checked_deliver(watch->allocator, fault);
  return verdict_dead;
}

/* Of the bytes before a live block, the wrong one that is closest to it. */
static enum verdict repair_header(struct watch* watch, void* p, allomorph_fault* fault) {
  const allomorph_checked_block* block = &fault->block;
  const unsigned align_log2 = (unsigned)__builtin_ctzll(block->align);
  const uint64_t shape = header_shape(block->size, align_log2);
  const struct header right = {shape, header_check(p, shape)};
  const uint8_t* const expected = (const uint8_t*)&right;
  const uint8_t* const found = (const uint8_t*)header_of(p);
  size_t at = sizeof right - 1;
  while (at > 0 && found[at] == expected[at]) at--;
  fault->kind = allomorph_fault_underflow;
  fault->offset = (int64_t)(block->header - sizeof right + at);
  fault->value = found[at];
  allomorph_checked_deliver(watch->allocator, fault);
  header_write(p, shape);
  return verdict_repaired;
}

/*
 * A pointer without header of ours is mostly the C library's. When checked knows the address, the
 * header was overwritten, or the block is freed already, or the pointer is one into a block.
 */
static enum verdict judge(struct watch* watch, void* p) {
  allomorph_fault fault;
  /* A size that no block has: what is asked is only what is there. */
  allomorph_checked_inspect(watch->allocator, (uintptr_t)header_of(p), 0, least_align, &fault);
  if (fault.kind == allomorph_fault_unknown) return judge_unknown(watch, p, &fault);
  const bool is_start = fault.block.address + fault.block.header == (uintptr_t)p;
  if (is_start && !fault.block.is_freed) return repair_header(watch, p, &fault);
  fault.kind = is_start ? allomorph_fault_double_free : allomorph_fault_inside;
  fault.address = (uintptr_t)p;
  fault.offset = (int64_t)((uintptr_t)p - fault.block.address);
  allomorph_checked_deliver(watch->allocator, &fault);
  return verdict_dead;
}

static void judge_claim(struct watch* watch, const struct block* block, size_t size, size_t align) {
  allomorph_fault fault;
  if (!allomorph_checked_inspect(watch->allocator, (uintptr_t)block->start, size + block->offset,
                                 align, &fault) &&
      fault.kind != allomorph_fault_unknown) {
    allomorph_checked_deliver(watch->allocator, &fault);
  }
}

/* A block lies behind as many bytes as it is aligned to. */
static bool is_freed(struct watch* watch, const void* p) {
  const uintptr_t address = (uintptr_t)p;
  for (size_t align = least_align; align < address && address % align == 0; align *= 2) {
    if (allomorph_checked_is_freed(watch->allocator, address - align, align)) return true;
  }
  return false;
}

static uint32_t every_of(const struct options* options, bool is_guarded) {
  uint64_t every = usual_every;
  if (!option_number(options, "every", &every)) return (uint32_t)every;
  if (!is_guarded) option_failed(options, "every", "has no meaning without level=page-guard");
  if (every == 0 || every > UINT32_MAX) {
    option_failed(options, "every", "is no whole number from 1 to 4294967295");
  }
  return (uint32_t)every;
}

/* 0: not given. */
static int exit_status_of(const struct options* options) {
  uint64_t status = 0;
  if (!option_number(options, "exit-status", &status)) return 0;
  if (status == 0 || status > 255) {
    option_failed(options, "exit-status", "is no whole number from 1 to 255");
  }
  return (int)status;
}

allomorph_allocator* checked_build(allomorph_allocator* behind, const struct options* options) {
  static const char* const levels[] = {"poison", "page-guard", NULL};
  static const char* const on_faults[] = {"report", "abort", NULL};
  const bool is_guarded = option_word(options, "level", levels) == 1;
  const bool is_abort = option_word(options, "on-fault", on_faults) == 1;
  const int leaks = option_word(options, "leaks", leak_words);
  uint64_t quarantine = 32 << 20, frames = 8;
  option_size(options, "quarantine", &quarantine);
  if (option_number(options, "frames", &frames) && frames > ALLOMORPH_CHECKED_FRAMES) {
    option_failed(options, "frames", "is more than 16");
  }
  const allomorph_checked_options checked = {
      .level = is_guarded ? allomorph_checked_page_guard : allomorph_checked_poison,
      .quarantine = (size_t)quarantine,
      .frames = (int)frames,
      .report_fd = option_open_file(options, "report"),
      .on_fault = is_abort ? allomorph_on_fault_abort : allomorph_on_fault_report,
      .every = every_of(options, is_guarded),
      .header = least_align,
  };
  const int status_on_fault = exit_status_of(options);
  allomorph_allocator* self = allomorph_checked(behind, &checked);
  if (self != NULL) {
    blocks_watch((struct watch){.allocator = self,
                                .choice = leaks < 0 ? 0 : leaks,
                                .at_exit = report_leaks,
                                .exit_status = status_on_fault == 0 ? NULL : exit_status,
                                .exit_status_on_fault = status_on_fault,
                                .before_fork = allomorph_checked_before_fork,
                                .after_fork = allomorph_checked_after_fork,
                                .judge = judge,
                                .judge_claim = judge_claim,
                                .is_freed = is_guarded ? is_freed : NULL});
  }
  return self;
}

const char checked_form[] =
    "checked[:level=poison|page-guard][,every=N][,quarantine=SIZE][,frames=0-16]"
    "[,on-fault=report|abort][,exit-status=1-255][,report=FILE][,leaks=on|off|all]:SPEC";

const char* const checked_keys[] = {"level",       "every",  "quarantine", "frames", "on-fault",
                                    "exit-status", "report", "leaks",      NULL};
