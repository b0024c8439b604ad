#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor.h"

/* The length, without the end that is written behind it; 0: it cannot be read. */
static size_t read_file(pid_t pid, const char* name, char* text, size_t size) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  size_t length = 0;
  ssize_t part;
  while (length < size - 1 && (part = read(fd, text + length, size - 1 - length)) > 0) {
    length += (size_t)part;
  }
  close(fd);
  text[length] = '\0';
  return length;
}

/* "\nPss:   123 kB" -> 123; -1: there is no such line. */
static long field(const char* text, const char* name) {
  const char* line = strstr(text, name);
  return line == NULL ? -1 : strtol(line + strlen(name), NULL, 10);
}

/* The kernel's counter: cheap, whatever the process holds. proc_pid_statm(5): size
   and resident, in pages. */
int supervisor_resident(pid_t pid, struct memory* memory) {
  char text[256];
  if (read_file(pid, "statm", text, sizeof text) == 0) return 0;
  const char* resident = strchr(text, ' ');
  const long pages = resident == NULL ? 0 : strtol(resident, NULL, 10);
  if (pages == 0) return 0;
  memory->rss = pages * (sysconf(_SC_PAGESIZE) / 1024);
  memory->pss = memory->anon_huge = -1;
  return 1;
}

/* Takes the kernel some 10 ms for each GB, in which the process cannot map or unmap
   memory. */
int supervisor_walk(pid_t pid, struct memory* memory) {
  char text[4096];
  if (read_file(pid, "smaps_rollup", text, sizeof text) == 0) return 0;
  memory->rss = field(text, "\nRss:");
  memory->pss = field(text, "\nPss:");
  memory->anon_huge = field(text, "\nAnonHugePages:");
  return memory->rss > 0 && memory->pss >= 0;
}
