/* Blocks that need a descriptor, or pages beyond their own bookkeeping. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "blocks.h"
#include "compose/bump.h"
#include "compose/checked/checked.h"
#include "compose/logged.h"
#include "message.h"

/*
 * Open for the life of the process, out of the way of programs that count on the lowest free
 * descriptor or close the first few hundred.
 */
static int open_for_good(const struct options* options, const char* key) {
  enum { out_of_the_way = 900 };
  const char* file = option_file(options, key);
  if (file == NULL) return STDERR_FILENO;
  const int fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
  const int moved = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, out_of_the_way);
  /* A process may be allowed fewer. */
  if (moved < 0) return fd < 0 ? STDERR_FILENO : fd;
  close(fd);
  return moved;
}

/* --- logged */

static allomorph_allocator* build_logged(allomorph_allocator* behind,
                                         const struct options* options) {
  if (option_text(options, "file") == NULL) option_failed(options, "file", "is missing");
  return allomorph_logged(behind, open_for_good(options, "file"));
}

/* --- bump */

static allomorph_allocator* build_bump(allomorph_allocator* behind, const struct options* options) {
  uint64_t chunk = 1 << 20;
  if (option_size(options, "chunk", &chunk) && chunk == 0) {
    option_failed(options, "chunk", "is nothing");
  }
  return allomorph_bump(behind, (size_t)chunk);
}

/* --- checked */

/*
 * A pointer without header of ours is mostly the C library's. When checked knows the address, the
 * header was overwritten, or the block is freed already.
 */
static bool judge(struct watch* watch, uint8_t* start) {
  allomorph_fault fault;
  char text[4096];
  const bool is_right =
      allomorph_checked_inspect(watch->allocator, (uintptr_t)start, 0, least_align, &fault);
  if (!is_right && fault.kind == allomorph_fault_unknown) return false;
  /* The size is not known, and said to be 0. What is wrong is the header: the bytes before the
   * block. */
  if (is_right || fault.kind == allomorph_fault_wrong_size ||
      fault.kind == allomorph_fault_wrong_alignment) {
    struct message message = message_begin();
    message_text(&message, "checked: written before its start (underflow): the block ");
    message_address(&message, start + least_align);
    if (!is_right) {
      message_text(&message, " of ");
      message_number(&message, fault.block.size - least_align);
      message_text(&message, " bytes");
    }
    message_text(&message, "; found when it was freed or reallocated");
    message_write(&message, watch->fd);
  } else {
    const size_t length = allomorph_fault_text(&fault, text, sizeof text);
    const ssize_t written = write(watch->fd, text, length);
    (void)written;
  }
  if (watch->ends_process) abort();
  return true;
}

static void report_leaks(struct watch* watch) {
  allomorph_checked_report_leaks(watch->allocator);
}

static allomorph_allocator* build_checked(allomorph_allocator* behind,
                                          const struct options* options) {
  static const char* const levels[] = {"poison", "page-guard", NULL};
  static const char* const on_faults[] = {"report", "abort", NULL};
  uint64_t quarantine = 32 << 20, frames = 8;
  option_size(options, "quarantine", &quarantine);
  if (option_number(options, "frames", &frames) && frames > ALLOMORPH_CHECKED_FRAMES) {
    option_failed(options, "frames", "is more than 16");
  }
  const bool ends_process = option_word(options, "on-fault", on_faults) == 1;
  const allomorph_checked_options checked = {
      .level = option_word(options, "level", levels) == 1 ? allomorph_checked_page_guard
                                                          : allomorph_checked_poison,
      .quarantine = (size_t)quarantine,
      .frames = (int)frames,
      .report_fd = open_for_good(options, "report"),
      .on_fault = ends_process ? allomorph_on_fault_abort : allomorph_on_fault_report,
  };
  allomorph_allocator* self = allomorph_checked(behind, &checked);
  if (self != NULL) {
    blocks_watch((struct watch){.allocator = self,
                                .fd = checked.report_fd,
                                .ends_process = ends_process,
                                .at_exit = report_leaks,
                                .before_fork = allomorph_checked_before_fork,
                                .after_fork = allomorph_checked_after_fork,
                                .judge = judge});
  }
  return self;
}

static const char* const logged_keys[] = {"file", NULL};
static const char* const bump_keys[] = {"chunk", NULL};
static const char* const checked_keys[] = {"level",    "quarantine", "frames",
                                           "on-fault", "report",     NULL};

const struct block_kind allomorph_more_blocks[] = {
    {"logged", "logged:file=FILE:SPEC", logged_keys, build_logged},
    {"bump", "bump[:chunk=SIZE]:SPEC", bump_keys, build_bump},
    {"checked",
     "checked[:level=poison|page-guard][,quarantine=SIZE][,frames=0-16][,on-fault=report|abort]"
     "[,report=FILE]:SPEC",
     checked_keys, build_checked},
    {NULL, NULL, NULL, NULL},
};
