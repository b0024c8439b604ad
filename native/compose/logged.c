#include "compose/logged.h"

#include <stdatomic.h>
#include <stdbool.h>

#include "compose/digits.h"
#include "platform/descriptor.h"
#include "platform/pages.h"

struct logged {
  allomorph_allocator head;
  allomorph_allocator* behind;
  int fd;
  bool owns_fd;
  bool is_pipe;
  atomic_uint_least64_t lost;
};

static struct logged* of(allomorph_allocator* self) {
  return (struct logged*)self;
}

/* The longest line: a name, three sizes and two addresses of 20 digits at most. No bound is looked
 * at. */
struct line {
  char text[160];
  size_t length;
};

static void put(struct line* line, const char* text) {
  while (*text != '\0') line->text[line->length++] = *text++;
}

static void put_number(struct line* line, uint64_t value, unsigned base) {
  line->length += write_digits(line->text + line->length, value, base);
}

static void put_size(struct line* line, const char* before, size_t size) {
  put(line, before);
  put_number(line, size, 10);
}

static void put_address(struct line* line, const char* before, const uint8_t* ptr) {
  put(line, before);
  put(line, "0x");
  put_number(line, (uintptr_t)ptr, 16);
}

static void write_line(struct logged* self, struct line* line) {
  put(line, "\n");
  if (!allomorph_write_descriptor(self->fd, self->is_pipe, line->text, line->length)) {
    atomic_fetch_add_explicit(&self->lost, 1, memory_order_relaxed);
  }
}

static uint8_t* allocate(allomorph_allocator* self, size_t size, size_t align) {
  uint8_t* ptr = allomorph_allocate(of(self)->behind, size, align);
  struct line line;
  line.length = 0;
  put_size(&line, "allocate(", size);
  put_size(&line, ", ", align);
  put_address(&line, ") = ", ptr);
  write_line(of(self), &line);
  return ptr;
}

static void deallocate(allomorph_allocator* self, uint8_t* ptr, size_t old_size, size_t align) {
  struct line line;
  line.length = 0;
  put_address(&line, "deallocate(", ptr);
  put_size(&line, ", ", old_size);
  put_size(&line, ", ", align);
  put(&line, ")");
  write_line(of(self), &line);
  allomorph_deallocate(of(self)->behind, ptr, old_size, align);
}

static void put_resize(struct line* line, const char* name, const uint8_t* ptr, size_t old_size,
                       size_t size, size_t align) {
  put_address(line, name, ptr);
  put_size(line, ", ", old_size);
  put_size(line, ", ", size);
  put_size(line, ", ", align);
}

static uint8_t* reallocate(allomorph_allocator* self, uint8_t* ptr, size_t old_size, size_t size,
                           size_t align) {
  struct line line;
  line.length = 0;
  put_resize(&line, "reallocate(", ptr, old_size, size, align);
  uint8_t* moved = allomorph_reallocate(of(self)->behind, ptr, old_size, size, align);
  put_address(&line, ") = ", moved);
  write_line(of(self), &line);
  return moved;
}

static size_t reallocate_inplace(allomorph_allocator* self, uint8_t* ptr, size_t old_size,
                                 size_t size, size_t align) {
  struct line line;
  line.length = 0;
  put_resize(&line, "reallocate_inplace(", ptr, old_size, size, align);
  const size_t now = allomorph_reallocate_inplace(of(self)->behind, ptr, old_size, size, align);
  put_size(&line, ") = ", now);
  write_line(of(self), &line);
  return now;
}

static size_t usable_size(allomorph_allocator* self, size_t size, size_t align) {
  return allomorph_usable_size(of(self)->behind, size, align);
}

static void destroy(allomorph_allocator* self) {
  if (of(self)->owns_fd) allomorph_close_descriptor(of(self)->fd);
  allomorph_unmap_pages(self, sizeof(struct logged));
}

static allomorph_allocator* behind_of(allomorph_allocator* self) {
  return of(self)->behind;
}

static const allomorph_functions functions = {
    allocate, deallocate, reallocate, reallocate_inplace, usable_size, destroy,
    NULL,     behind_of,  NULL,
};

static allomorph_allocator* make(allomorph_allocator* behind, int fd, bool owns_fd) {
  struct logged* self = allomorph_map_pages(sizeof *self);
  if (self == NULL) return NULL;
  self->head.functions = &functions;
  self->behind = behind;
  self->fd = fd;
  self->owns_fd = owns_fd;
  self->is_pipe = allomorph_is_pipe(fd);
  return &self->head;
}

allomorph_allocator* allomorph_logged(allomorph_allocator* behind, int fd) {
  return make(behind, fd, false);
}

allomorph_allocator* allomorph_logged_owning(allomorph_allocator* behind, int fd) {
  return make(behind, fd, true);
}

uint64_t allomorph_logged_lost(const allomorph_allocator* self) {
  return atomic_load_explicit(&((const struct logged*)self)->lost, memory_order_relaxed);
}
