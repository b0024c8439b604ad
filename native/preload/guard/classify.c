#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "guard.h"
#include "platform/cancellation.h"

/* Programs that only lead to another: what they start may be a Node again. */
static const char* const carriers[] = {"sh",     "bash",   "dash", "ash",   "zsh",
                                       "ksh",    "env",    "nice", "nohup", "timeout",
                                       "setsid", "stdbuf", "time", "xargs"};

static const char* base_name(const char* path) {
  const char* slash = strrchr(path, '/');
  return slash != NULL ? slash + 1 : path;
}

static int is_carrier(const char* name) {
  for (size_t index = 0; index < sizeof carriers / sizeof *carriers; index++) {
    if (strcmp(name, carriers[index]) == 0) return 1;
  }
  return 0;
}

static int is_node(const struct plan* plan, const char* path, const struct stat* file) {
  const char* name = base_name(path);
  struct stat node;
  if (strcmp(name, "node") == 0 || strcmp(name, "nodejs") == 0) return 1;
  /* A Node under another name starts others by that name. */
  if (plan->is_node && stat("/proc/self/exe", &node) == 0 && node.st_dev == file->st_dev &&
      node.st_ino == file->st_ino) {
    return 1;
  }
  return plan->node[0] != '\0' && stat(plan->node, &node) == 0 && node.st_dev == file->st_dev &&
         node.st_ino == file->st_ino;
}

/* Whether its dynamic linker is musl's exactly when ours is. */
static int same_libc(const struct plan* plan, int fd, const ElfW(Phdr) * segment) {
  char interpreter[256] = "";
  if (pread(fd, interpreter, sizeof interpreter - 1, (off_t)segment->p_offset) <= 0) return 0;
  return (strstr(interpreter, "ld-musl") != NULL) == !plan->is_glibc;
}

/* A dynamically linked program of this process's own kind: nothing else could
   load our libraries. */
static int can_preload(const struct plan* plan, const ElfW(Ehdr) * header, int fd) {
  ElfW(Ehdr) own;
  /* The first bytes of our own image tell class and machine. */
  extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));
  memcpy(&own, &__ehdr_start, sizeof own);
  if (memcmp(header->e_ident, own.e_ident, EI_DATA + 1) != 0 ||
      header->e_machine != own.e_machine || header->e_phentsize != sizeof(ElfW(Phdr))) {
    return 0;
  }
  for (int index = 0; index < header->e_phnum; index++) {
    ElfW(Phdr) segment;
    const off_t offset = (off_t)(header->e_phoff + (ElfW(Off))index * sizeof segment);
    if (pread(fd, &segment, sizeof segment, offset) != (ssize_t)sizeof segment) return 0;
    if (segment.p_type == PT_INTERP) return same_libc(plan, fd, &segment);
  }
  return 0;
}

/* The dynamic linker ignores LD_PRELOAD there, and nothing would take our
   variables out again. */
static int is_privileged(int fd, const struct stat* file) {
  return (file->st_mode & (S_ISUID | S_ISGID)) != 0 ||
         fgetxattr(fd, "security.capability", NULL, 0) > 0;
}

/* "#! /usr/bin/env node" -> "/usr/bin/env", cut in place. */
static const char* interpreter_of(char* line) {
  char* start = line + 2 + strspn(line + 2, " \t");
  start[strcspn(start, " \t\r\n")] = '\0';
  return start;
}

static enum role classify(const struct plan* plan, const char* path, int depth) {
  enum role role = role_outside;
  struct stat file;
  /* A FIFO that is in the way would be waited for. */
  const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return role;
  union {
    ElfW(Ehdr) header;
    char line[256]; /* BINPRM_BUF_SIZE of the kernel */
  } start;
  const ssize_t length = read(fd, &start, sizeof start - 1);
  const int known = length > 2 && fstat(fd, &file) == 0 && S_ISREG(file.st_mode);
  if (known && start.line[0] == '#' && start.line[1] == '!') {
    start.line[length] = '\0';
    /* An interpreter may be a script again; the kernel follows a few. */
    if (depth < 4) role = classify(plan, interpreter_of(start.line), depth + 1);
  } else if (known && (size_t)length >= sizeof start.header &&
             memcmp(start.header.e_ident, ELFMAG, SELFMAG) == 0 && !is_privileged(fd, &file) &&
             can_preload(plan, &start.header, fd)) {
    if (plan->pid != 0 && getpid() == plan->pid && guard_has_allocator(plan->role)) {
      /* Not a child: the command itself goes on as another program, as env does in
         "#!/usr/bin/env node". It stays what it is. */
      role = plan->role;
    } else if (plan->inherit == inherit_all ||
               (plan->inherit == inherit_node && is_node(plan, path, &file))) {
      role = role_allocator;
    } else if (plan->inherit == inherit_node && is_carrier(base_name(path))) {
      role = role_carrier;
    }
  }
  close(fd);
  return role;
}

enum role guard_classify(const struct plan* plan, const char* path) {
  if (path == NULL) return role_outside;
  /* posix_spawn and exec are no points of cancellation. */
  const int cancellation = allomorph_cancellation_hold();
  const enum role role = classify(plan, path, 0);
  allomorph_cancellation_restore(cancellation);
  return role;
}
