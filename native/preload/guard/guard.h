/*
 * liballomorph-guard.so: preloaded beside the allocator. Before main it proves
 * that the allocator is active and gives the process back the environment its
 * user had; afterwards it decides, at every exec, which children stay on the
 * allocator.
 *
 * Plain C, no dependency but libc. What runs between fork and exec allocates
 * nothing: other threads may hold the allocator's locks there.
 */
#ifndef ALLOMORPH_PRELOAD_GUARD_H
#define ALLOMORPH_PRELOAD_GUARD_H

#include <stddef.h>

/* Exit status of `allomorph run` for failures of its own. */
enum { allomorph_failed = 125 };

/* The variable that carries the plan into a process; lib/process/plan.ts writes it.
   Records `key=value`, each ended by record_end. In the environment, variables
   behind it are ours; before it stands what the user had, LD_PRELOAD and some
   others lengthened by us. */
#define GUARD_VARIABLE "ALLOMORPH_GUARD"
enum { record_end = '\x1e', max_settings = 32 };

/* Names a file to which each process that has the allocator appends a line: its
   pid, a tab, and the file that its malloc comes from. lib/compare/ reads it. */
#define REPORT_VARIABLE "ALLOMORPH_REPORT"

enum inherit { inherit_node, inherit_all, inherit_none };

/* What a process gets. */
enum role {
  role_outside,   /* the environment the user had, nothing of ours */
  role_carrier,   /* the guard alone: a shell or env on the way to a Node */
  role_allocator, /* guard and allocator */
  role_command    /* the same, and it has to prove that the allocator is active */
};

/* A configuration variable of the allocator. */
struct setting {
  const char* name;
  size_t name_length;
  const char* value;
  size_t value_length;
  char separator; /* joins it with the user's own value, which comes last; 0: the user's own wins */
};

struct plan {
  int present;
  enum role role;
  enum inherit inherit;
  int pid;     /* of the process that read the plan: an exec by it is no child's; 0 after a fork */
  int is_node; /* whether this process is a Node, whatever its name */
  int is_glibc;
  const char* library; /* malloc must come from it; "libc" for the C library */
  const char* preload; /* what LD_PRELOAD is lengthened by */
  const char* guard;   /* the same for role_carrier */
  const char* node;    /* the Node executable, whatever its name */
  const char* records; /* the whole text behind the role, for children */
  struct setting settings[max_settings];
  size_t setting_count;
};

/* Read once, before main. */
extern struct plan allomorph_plan __attribute__((visibility("hidden")));

#define GUARD_INTERNAL __attribute__((visibility("hidden")))

/* plan.c: memory for as long as the process lives, past malloc, where `checked` would call it a
 * leak. Null: exhausted. */
GUARD_INTERNAL void* guard_keep(size_t size);

/* plan.c: reads the variable; the strings live as long as the process. */
GUARD_INTERNAL void guard_read_plan(struct plan* plan, const char* text);
GUARD_INTERNAL char guard_letter(enum role role);

/* verify.c: ends the process with a sentence and status 125 unless malloc comes
   from plan->library. */
GUARD_INTERNAL void guard_verify(const struct plan* plan);

/* report.c: appends to the file that REPORT_VARIABLE names, if any. */
GUARD_INTERNAL void guard_report(void);

/* restore.c: takes everything of ours out of the environment. */
GUARD_INTERNAL void guard_restore_environment(const struct plan* plan);

/* classify.c: what a program that is about to be started gets; may be called
   between fork and exec. */
GUARD_INTERNAL enum role guard_classify(const struct plan* plan, const char* path);

/* child_environment.c: how many bytes the environment of a child takes, and the
   environment itself, written into a buffer of that size. */
GUARD_INTERNAL size_t guard_environment_size(const struct plan* plan, enum role role,
                                             char* const envp[]);
GUARD_INTERNAL char** guard_environment(const struct plan* plan, enum role role, char* const envp[],
                                        void* buffer);

static inline int guard_has_allocator(enum role role) {
  return role == role_allocator || role == role_command;
}

/* True when the entry "NAME=value" is of that name. */
static inline int guard_is_entry(const char* entry, const char* name, size_t length) {
  for (size_t index = 0; index < length; index++) {
    if (entry[index] != name[index]) return 0;
  }
  return entry[length] == '=';
}

#endif
