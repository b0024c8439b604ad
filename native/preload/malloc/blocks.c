#define _GNU_SOURCE
#include "blocks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "section.h"
#include "spec.h"

static struct watch watches[most_blocks];
static size_t watch_count;
bool allomorph_has_judge;

static const struct block_kind* find_in(const struct block_kind* kinds, const char* name,
                                        size_t length) {
  for (const struct block_kind* kind = kinds; kind->name != NULL; kind++) {
    if (strlen(kind->name) == length && memcmp(kind->name, name, length) == 0) return kind;
  }
  return NULL;
}

const struct block_kind* blocks_find(const char* name, size_t length) {
  const struct block_kind* kind = find_in(allomorph_blocks, name, length);
  return kind != NULL ? kind : find_in(allomorph_more_blocks, name, length);
}

void blocks_watch(struct watch watch) {
  watches[watch_count++] = watch;
  if (watch.judge != NULL) allomorph_has_judge = true;
}

void blocks_after_failure(void) {
  for (size_t index = 0; index < watch_count; index++) {
    if (watches[index].after_failure != NULL) watches[index].after_failure(&watches[index]);
  }
}

/* From the front of the chain to its end, as calls go; what is behind is locked last. */
void blocks_before_fork(void) {
  for (size_t index = watch_count; index-- > 0;) {
    if (watches[index].before_fork != NULL) watches[index].before_fork(watches[index].allocator);
  }
}

void blocks_after_fork(void) {
  for (size_t index = 0; index < watch_count; index++) {
    if (watches[index].after_fork != NULL) watches[index].after_fork(watches[index].allocator);
  }
}

enum verdict blocks_judge(void* p) {
  enum verdict verdict = verdict_foreign;
  for (size_t index = 0; index < watch_count && verdict == verdict_foreign; index++) {
    if (watches[index].judge != NULL) verdict = watches[index].judge(&watches[index], p);
  }
  return verdict;
}

void blocks_judge_claim(const struct block* block, size_t size, size_t align) {
  for (size_t index = 0; index < watch_count; index++) {
    struct watch* watch = &watches[index];
    if (watch->judge_claim != NULL) watch->judge_claim(watch, block, size, align);
  }
}

bool blocks_is_freed(const void* p) {
  for (size_t index = 0; index < watch_count; index++) {
    if (watches[index].is_freed != NULL && watches[index].is_freed(&watches[index], p)) return true;
  }
  return false;
}

/* In a section, as every use of a lock: a fork in a signal handler has to know. */
static int other_exit_status(void) {
  struct section* section = section_enter();
  int status = 0;
  for (size_t index = 0; index < watch_count && status == 0; index++) {
    if (watches[index].exit_status != NULL) status = watches[index].exit_status(&watches[index]);
  }
  if (section != NULL) section_leave(section);
  return status;
}

/* An exit within exit goes on with what is left of it, and with that status: glibc flushes without
   waiting for threads that are inside a stream. */
static void exit_with_other_status(int own, void* unused) {
  (void)own;
  (void)unused;
  const int status = other_exit_status();
  if (status != 0) exit(status);
}

/* glibc alone has it. What it is given runs when all destructors have, of other libraries too. */
extern int on_exit(void (*function)(int, void*), void* argument) __attribute__((weak));

/* musl runs nothing behind destructors, and ends a process whose exit calls exit. */
static void choose_exit_status(void) {
  if (on_exit != NULL && on_exit(exit_with_other_status, NULL) == 0) return;
  const int status = other_exit_status();
  if (status == 0) return;
  fflush(NULL);
  _exit(status);
}

static bool may_exit_otherwise(void) {
  for (size_t index = 0; index < watch_count; index++) {
    if (watches[index].exit_status != NULL) return true;
  }
  return false;
}

/* The last of this library to run; the process still frees afterwards. A signal handler that calls
   exit may have interrupted the five functions: then a lock may be that of this very thread. */
__attribute__((destructor)) static void report_at_exit(void) {
  const bool may_lock = !section_is_inside();
  struct section* section = section_enter();
  for (size_t index = 0; index < watch_count; index++) {
    struct watch* watch = &watches[index];
    const bool has_lock = watch->before_fork != NULL;
    if (watch->at_exit != NULL && (may_lock || !has_lock)) watch->at_exit(watch);
  }
  if (section != NULL) section_leave(section);
  if (may_lock && may_exit_otherwise()) choose_exit_status();
}
