#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "supervisor.h"

/* proc(5): "pid (name) state ppid", and the name may hold anything. */
pid_t supervisor_parent_of(const char* pid) {
  char path[64], text[512];
  snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
  FILE* file = fopen(path, "re");
  if (file == NULL) return 0;
  text[fread(text, 1, sizeof text - 1, file)] = '\0';
  fclose(file);
  const char* name_end = strrchr(text, ')');
  int parent = 0;
  if (name_end == NULL || sscanf(name_end + 1, " %*c %d", &parent) != 1) return 0;
  return parent;
}

static void signal_children(int signal) {
  DIR* proc = opendir("/proc");
  if (proc == NULL) return;
  const pid_t self = getpid();
  for (struct dirent* entry = readdir(proc); entry != NULL; entry = readdir(proc)) {
    if (isdigit((unsigned char)entry->d_name[0]) && supervisor_parent_of(entry->d_name) == self) {
      kill((pid_t)atoi(entry->d_name), signal);
    }
  }
  closedir(proc);
}

/* False when there are no children any more. */
static int reap_children(struct orphans* orphans) {
  int status;
  struct rusage used;
  pid_t pid;
  while ((pid = wait4(-1, &status, WNOHANG, &used)) > 0) supervisor_add_orphan(orphans, &used);
  return pid == 0;
}

/* True when children are left and somebody still waits for them. */
static int wait_for_children(const sigset_t* set, struct orphans* orphans, int64_t until) {
  while (reap_children(orphans)) {
    const int64_t left = until - supervisor_now();
    if (left <= 0) return 1;
    const struct timespec timeout = {left / 1000000000, left % 1000000000};
    if (sigtimedwait(set, NULL, &timeout) == SIGHUP) return 0;
  }
  return 0;
}

void supervisor_let_end(const sigset_t* set, struct orphans* orphans) {
  const int64_t second = 1000000000, now = supervisor_now();
  if (!wait_for_children(set, orphans, now + second)) return;
  /* npm passes the signal on, a shell does not. */
  signal_children(SIGTERM);
  wait_for_children(set, orphans, now + 10 * second);
}

int supervisor_end_all(struct orphans* orphans) {
  int ended = 0;
  /* Children of those that end become ours, since this process is a subreaper:
     so on until there are none. */
  for (;;) {
    signal_children(SIGKILL);
    int status;
    struct rusage used;
    if (wait4(-1, &status, 0, &used) < 0) return ended;
    supervisor_add_orphan(orphans, &used);
    ended++;
  }
}
