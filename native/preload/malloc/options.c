#define _GNU_SOURCE
#include "options.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "blocks.h"
#include "message.h"
#include "spec.h"

const char* option_text(const struct options* options, const char* key) {
  for (size_t index = 0; index < options->count; index++) {
    if (strcmp(options->list[index].key, key) == 0) return options->list[index].value;
  }
  return NULL;
}

/* Now, while somebody can still be told. */
static int open_file(const struct options* options, const char* key, const char* file) {
  if (file[0] != '/') option_failed(options, key, "is no absolute path");
  const int fd = message_open(file);
  if (fd >= 0) return fd;
  static char what[128] = "cannot be written to: ";
  const char* reason =
      errno == ENXIO ? "it is a FIFO that nobody reads, or a socket" : strerror(errno);
  strncat(what, reason, sizeof what - strlen(what) - 1);
  option_failed(options, key, what);
}

static int move_out_of_the_way(int fd) {
  enum { out_of_the_way = 900 };
  const int moved = fcntl(fd, F_DUPFD_CLOEXEC, out_of_the_way);
  if (moved < 0) return fd; /* a process may be allowed fewer */
  close(fd);
  return moved;
}

static bool is_fifo(int fd) {
  struct stat status;
  return fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode);
}

const char* option_file(const struct options* options, const char* key) {
  const char* file = option_text(options, key);
  if (file == NULL) return NULL;
  const int fd = open_file(options, key, file);
  /* Who reads a FIFO takes its last writer's leaving for the end. */
  if (is_fifo(fd)) {
    move_out_of_the_way(fd);
  } else {
    close(fd);
  }
  return file;
}

int option_open_file(const struct options* options, const char* key) {
  const char* file = option_text(options, key);
  return file == NULL ? STDERR_FILENO : move_out_of_the_way(open_file(options, key, file));
}

/* Digits only; `rest` is what follows them. */
static bool read_number(const char* text, uint64_t* value, const char** rest) {
  if (text[0] < '0' || text[0] > '9') return false;
  char* end;
  errno = 0;
  *value = strtoull(text, &end, 10);
  *rest = end;
  return errno == 0;
}

bool option_number(const struct options* options, const char* key, uint64_t* value) {
  const char* text = option_text(options, key);
  if (text == NULL) return false;
  const char* rest;
  if (!read_number(text, value, &rest) || *rest != '\0') {
    option_failed(options, key, "is no whole number from 0 to 18446744073709551615");
  }
  return true;
}

bool option_size(const struct options* options, const char* key, uint64_t* value) {
  static const char not_a_size[] =
      "is no size: a whole number of bytes with an optional k, m or g, such as 512m";
  const char* text = option_text(options, key);
  if (text == NULL) return false;
  const char* rest;
  if (!read_number(text, value, &rest)) option_failed(options, key, not_a_size);
  unsigned shift = 0;
  if (*rest == 'k') shift = 10;
  if (*rest == 'm') shift = 20;
  if (*rest == 'g') shift = 30;
  if (shift != 0) rest++;
  if (*rest != '\0' || *value > UINT64_MAX >> shift) option_failed(options, key, not_a_size);
  *value <<= shift;
  return true;
}

bool option_probability(const struct options* options, const char* key, double* value) {
  const char* text = option_text(options, key);
  if (text == NULL) return false;
  char* end;
  *value = strtod(text, &end);
  if (strspn(text, "0123456789.") != strlen(text) || *end != '\0' || end == text || *value > 1) {
    option_failed(options, key, "is no number from 0 to 1, such as 0.001");
  }
  return true;
}

int option_word(const struct options* options, const char* key, const char* const* words) {
  const char* text = option_text(options, key);
  if (text == NULL) return -1;
  for (int index = 0; words[index] != NULL; index++) {
    if (strcmp(words[index], text) == 0) return index;
  }
  option_failed(options, key, "is not among the words it can be");
}

_Noreturn void option_failed(const struct options* options, const char* key, const char* what) {
  const char* value = option_text(options, key);
  const int is_given = value != NULL;
  start_failed(spec_origin(), " is \"", allomorph_malloc_spec(),
               "\": ", is_given ? "" : "the option ", key, is_given ? "=" : "",
               is_given ? value : "", " of ", options->kind->name, " ", what, ". The form is ",
               options->kind->form, ".", NULL);
}
