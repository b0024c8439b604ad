#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "supervisor.h"

struct list {
  pid_t* items;
  size_t count, capacity;
};

static void add(struct list* list, pid_t pid) {
  if (list->count == list->capacity) {
    const size_t capacity = list->capacity == 0 ? 64 : 2 * list->capacity;
    pid_t* items = realloc(list->items, capacity * sizeof *items);
    if (items == NULL) return;
    list->items = items;
    list->capacity = capacity;
  }
  list->items[list->count++] = pid;
}

/* proc_pid_task(5): the children that one thread has made, as numbers. */
static void add_children_of_thread(struct list* list, pid_t pid, const char* thread) {
  char path[96];
  snprintf(path, sizeof path, "/proc/%d/task/%.20s/children", (int)pid, thread);
  FILE* file = fopen(path, "re");
  if (file == NULL) return;
  int child;
  while (fscanf(file, "%d", &child) == 1) add(list, child);
  fclose(file);
}

static void add_children(struct list* list, pid_t pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
  DIR* threads = opendir(path);
  if (threads == NULL) return;
  for (struct dirent* entry = readdir(threads); entry != NULL; entry = readdir(threads)) {
    if (isdigit((unsigned char)entry->d_name[0])) add_children_of_thread(list, pid, entry->d_name);
  }
  closedir(threads);
}

/* A kernel without CONFIG_PROC_CHILDREN: process by process. */
static void search_children(struct list* list, pid_t pid) {
  DIR* proc = opendir("/proc");
  if (proc == NULL) return;
  for (struct dirent* entry = readdir(proc); entry != NULL; entry = readdir(proc)) {
    if (isdigit((unsigned char)entry->d_name[0]) && supervisor_parent_of(entry->d_name) == pid) {
      add(list, (pid_t)atoi(entry->d_name));
    }
  }
  closedir(proc);
}

size_t supervisor_descendants(pid_t pid, pid_t** found) {
  static int listed = -1;
  if (listed < 0) listed = access("/proc/thread-self/children", R_OK) == 0;
  free(*found); /* of the last time */
  struct list list = {NULL, 0, 0};
  pid_t parent = pid;
  for (size_t next = 0;; next++) {
    if (listed) {
      add_children(&list, parent);
    } else {
      search_children(&list, parent);
    }
    if (next == list.count) break;
    parent = list.items[next];
  }
  *found = list.items;
  return list.count;
}
