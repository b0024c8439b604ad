#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
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

static void end_children(void) {
  DIR* proc = opendir("/proc");
  if (proc == NULL) return;
  const pid_t self = getpid();
  for (struct dirent* entry = readdir(proc); entry != NULL; entry = readdir(proc)) {
    if (isdigit((unsigned char)entry->d_name[0]) && supervisor_parent_of(entry->d_name) == self) {
      kill((pid_t)atoi(entry->d_name), SIGKILL);
    }
  }
  closedir(proc);
}

int supervisor_end_all(pid_t counted) {
  int ended = 0;
  /* Children of those that end become ours, since this process is a subreaper:
     so on until there are none. */
  for (;;) {
    end_children();
    int status;
    const pid_t pid = waitpid(-1, &status, 0);
    if (pid < 0) return ended;
    if (pid != counted) ended++;
  }
}
