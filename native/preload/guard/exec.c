/*
 * The exec family and posix_spawn, seen from outside: each looks at what is to
 * be started and hands the real call an environment for it. glibc's own callers
 * (execvp, system, popen) reach its execve without passing here, hence the whole
 * family; system and popen stay outside, and start with the user's environment.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guard.h"

extern char** environ;

/* PATH_MAX would be a quarter of a small stack. Longer candidates are passed over. */
enum { longest_path = 1024 };

#define GUARD_EXPORT __attribute__((visibility("default")))

static int has_plan_of_its_own(char* const envp[]) {
  for (size_t index = 0; envp != NULL && envp[index] != NULL; index++) {
    if (guard_is_entry(envp[index], GUARD_VARIABLE, sizeof GUARD_VARIABLE - 1)) return 1;
  }
  return 0;
}

static enum role role_of(const char* path, char* const envp[]) {
  /* A launcher inside this process made its own arrangements. */
  if (!allomorph_plan.present || has_plan_of_its_own(envp)) return role_outside;
  return guard_classify(&allomorph_plan, path);
}

/*
 * Where the environment of a child is put: on the caller's stack while it is
 * small, in pages of its own otherwise, as threads may have stacks of 16 KiB. Not
 * malloc: other threads may hold its locks between fork and exec.
 */
enum { room_on_stack = 512 }; /* pointers */

struct room {
  char* stack[room_on_stack];
  void* pages;
  size_t size;
};

/*
 * The pages of a vfork child that became another program stay with its parent, whose
 * memory they are in. The thread that made it waited for it, and has them here for its
 * next one. Not a key of pthread: a program may be linked without it.
 */
static __thread __attribute__((tls_model("initial-exec"))) struct {
  void* pages;
  size_t size;
  pid_t user; /* the process that put its environment there last */
} left_behind;

/* By a call that a signal has interrupted, in this process or, for a vfork child, in the parent. */
static bool is_in_use(void) {
  return left_behind.user == getpid() || left_behind.user == getppid();
}

static void* take_pages(size_t size) {
  if (left_behind.pages != NULL && !is_in_use()) {
    left_behind.user = getpid();
    if (left_behind.size >= size) return left_behind.pages;
    munmap(left_behind.pages, left_behind.size);
    left_behind.pages = NULL;
  }
  void* pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages != MAP_FAILED && left_behind.pages == NULL) {
    left_behind.pages = pages;
    left_behind.size = size;
    left_behind.user = getpid();
  }
  return pages;
}

static void give_back(void* pages, size_t size) {
  if (pages == left_behind.pages) {
    size = left_behind.size;
    left_behind.pages = NULL;
  }
  munmap(pages, size);
}

static char** child_environment(enum role role, char* const envp[], struct room* room) {
  room->pages = NULL;
  if (role == role_outside) return (char**)envp;
  room->size = guard_environment_size(&allomorph_plan, role, envp);
  if (room->size <= sizeof room->stack) {
    return guard_environment(&allomorph_plan, role, envp, room->stack);
  }
  void* pages = take_pages(room->size);
  if (pages == MAP_FAILED) return (char**)envp;
  room->pages = pages;
  return guard_environment(&allomorph_plan, role, envp, pages);
}

static void leave(struct room* room) {
  const int failure = errno;
  if (room->pages != NULL) give_back(room->pages, room->size);
  errno = failure;
}

/* The system call itself: this is execve for all callers. */
static int start(const char* path, char* const argv[], char* const envp[]) {
  struct room room;
  char** environment = child_environment(role_of(path, envp), envp, &room);
  const int result = (int)syscall(SYS_execve, path, argv, environment);
  leave(&room);
  return result;
}

GUARD_EXPORT int execve(const char* path, char* const argv[], char* const envp[]) {
  return start(path, argv, envp);
}

GUARD_EXPORT int execv(const char* path, char* const argv[]) {
  return start(path, argv, environ);
}

GUARD_EXPORT int fexecve(int fd, char* const argv[], char* const envp[]) {
  /* As the C library has it; the kernel would say EBADF, which musl passes on. */
  if (allomorph_plan.is_glibc && fd < 0) {
    errno = EINVAL;
    return -1;
  }
  char path[32];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  struct room room;
  char** environment = child_environment(role_of(path, envp), envp, &room);
  /* Not by that path: what is wrong with the descriptor is said of it, and there may be no /proc.
   */
  int result = (int)syscall(SYS_execveat, fd, "", argv, environment, AT_EMPTY_PATH);
  if (result != 0 && errno == ENOSYS) result = (int)syscall(SYS_execve, path, argv, environment);
  leave(&room);
  return result;
}

/* A file without a "#!" line: POSIX has execvp hand it to the shell. */
static int start_by_shell(const char* path, char* const argv[], char* const envp[]) {
  size_t count = 0;
  while (argv[count] != NULL) count++;
  char* shell[count + 3];
  shell[0] = (char*)"sh";
  shell[1] = (char*)path;
  for (size_t index = 1; index <= count; index++) shell[index + 1] = argv[index];
  if (count == 0) shell[2] = NULL;
  return start("/bin/sh", shell, envp);
}

/* Writes the candidates of a PATH search one after another; 0 at the end. */
static int next_candidate(const char** path, const char* file, char* candidate, size_t size) {
  while (*path != NULL) {
    const char* end = strchrnul(*path, ':');
    const size_t folder = (size_t)(end - *path), name = strlen(file);
    const char* start_of_folder = *path;
    *path = *end == '\0' ? NULL : end + 1;
    if (folder + name + 2 > size) continue;
    memcpy(candidate, start_of_folder, folder);
    size_t at = folder;
    if (folder > 0) candidate[at++] = '/';
    memcpy(candidate + at, file, name + 1);
    return 1;
  }
  return 0;
}

static const char* search_path(void) {
  const char* path = getenv("PATH");
  return path != NULL ? path : "/bin:/usr/bin";
}

GUARD_EXPORT int execvpe(const char* file, char* const argv[], char* const envp[]) {
  if (*file == '\0') {
    errno = ENOENT;
    return -1;
  }
  if (strchr(file, '/') != NULL) {
    start(file, argv, envp);
    return errno == ENOEXEC ? start_by_shell(file, argv, envp) : -1;
  }
  char candidate[longest_path];
  int denied = 0;
  for (const char* path = search_path();
       next_candidate(&path, file, candidate, sizeof candidate);) {
    start(candidate, argv, envp);
    if (errno == ENOEXEC) return start_by_shell(candidate, argv, envp);
    if (errno == EACCES) {
      denied = 1;
    } else if (errno != ENOENT && errno != ENOTDIR && errno != ESTALE && errno != ENODEV &&
               errno != ETIMEDOUT) {
      return -1;
    }
  }
  errno = denied ? EACCES : ENOENT;
  return -1;
}

GUARD_EXPORT int execvp(const char* file, char* const argv[]) {
  return execvpe(file, argv, environ);
}

typedef int exec_function(const char*, char* const[], char* const[]);

/* execl and its kin: the arguments are `first` and those of the list up to its null, behind which
   execle has an environment. */
static int start_listed(exec_function* exec, const char* file, const char* first, va_list list,
                        bool has_environment) {
  va_list ahead;
  va_copy(ahead, list);
  size_t count = 1;
  while (va_arg(ahead, char*) != NULL) count++;
  char* const* envp = has_environment ? va_arg(ahead, char* const*) : environ;
  va_end(ahead);
  char* argv[count + 1];
  argv[0] = (char*)first;
  for (size_t index = 1; index <= count; index++) argv[index] = va_arg(list, char*);
  return exec(file, argv, envp);
}

GUARD_EXPORT int execl(const char* path, const char* first, ...) {
  va_list list;
  va_start(list, first);
  const int result = start_listed(start, path, first, list, false);
  va_end(list);
  return result;
}

GUARD_EXPORT int execlp(const char* file, const char* first, ...) {
  va_list list;
  va_start(list, first);
  const int result = start_listed(execvpe, file, first, list, false);
  va_end(list);
  return result;
}

GUARD_EXPORT int execle(const char* path, const char* first, ...) {
  va_list list;
  va_start(list, first);
  const int result = start_listed(start, path, first, list, true);
  va_end(list);
  return result;
}

typedef int spawn_function(pid_t*, const char*, const posix_spawn_file_actions_t*,
                           const posix_spawnattr_t*, char* const[], char* const[]);

static spawn_function* next_function(const char* name) {
  return (spawn_function*)dlsym(RTLD_NEXT, name);
}

GUARD_EXPORT int posix_spawn(pid_t* pid, const char* path,
                             const posix_spawn_file_actions_t* actions,
                             const posix_spawnattr_t* attributes, char* const argv[],
                             char* const envp[]) {
  const enum role role = role_of(path, envp);
  struct room room;
  const int result = next_function("posix_spawn")(pid, path, actions, attributes, argv,
                                                  child_environment(role, envp, &room));
  leave(&room);
  return result;
}

GUARD_EXPORT int posix_spawnp(pid_t* pid, const char* file,
                              const posix_spawn_file_actions_t* actions,
                              const posix_spawnattr_t* attributes, char* const argv[],
                              char* const envp[]) {
  enum role role = role_outside;
  char candidate[longest_path];
  if (strchr(file, '/') != NULL) {
    role = role_of(file, envp);
  } else {
    const char* path = search_path();
    while (next_candidate(&path, file, candidate, sizeof candidate)) {
      if (access(candidate, X_OK) != 0) continue;
      role = role_of(candidate, envp);
      break;
    }
  }
  struct room room;
  const int result = next_function("posix_spawnp")(pid, file, actions, attributes, argv,
                                                   child_environment(role, envp, &room));
  leave(&room);
  return result;
}
