#include <string.h>

#include "guard.h"

/*
 * The child's environment is the caller's, with LD_PRELOAD and the joined
 * settings lengthened where they stand, and behind it GUARD_VARIABLE and what
 * was not there. restore.c undoes exactly this.
 */

/* Appends to a buffer, or only counts when there is none. */
struct writer {
  char* at;
  size_t size;
};

static char* begin(const struct writer* writer) {
  return writer->at;
}

static void put(struct writer* writer, const char* text, size_t length) {
  if (writer->at != NULL) {
    memcpy(writer->at, text, length);
    writer->at += length;
  }
  writer->size += length;
}

static void put_text(struct writer* writer, const char* text) {
  put(writer, text, strlen(text));
}

static void put_end(struct writer* writer) {
  put(writer, "", 1);
}

static const char* preload_of(const struct plan* plan, enum role role) {
  return guard_has_allocator(role) ? plan->preload : plan->guard;
}

static size_t count(char* const envp[]) {
  size_t entries = 0;
  while (envp != NULL && envp[entries] != NULL) entries++;
  return entries;
}

static int has(char* const envp[], const char* name, size_t length) {
  for (size_t index = 0; envp != NULL && envp[index] != NULL; index++) {
    if (guard_is_entry(envp[index], name, length)) return 1;
  }
  return 0;
}

/* The entry as the child sees it: lengthened, or the caller's own. */
static char* extend(const struct plan* plan, enum role role, struct writer* writer, char* entry) {
  char* start = begin(writer);
  if (guard_is_entry(entry, "LD_PRELOAD", 10)) {
    put_text(writer, entry);
    put_text(writer, ":");
    put_text(writer, preload_of(plan, role));
    put_end(writer);
    return start;
  }
  for (size_t index = 0; guard_has_allocator(role) && index < plan->setting_count; index++) {
    const struct setting* setting = &plan->settings[index];
    if (setting->separator == '\0' || !guard_is_entry(entry, setting->name, setting->name_length)) {
      continue;
    }
    put(writer, entry, setting->name_length + 1);
    put(writer, setting->value, setting->value_length);
    const char* theirs = entry + setting->name_length + 1;
    /* Allocators complain of a separator with nothing behind it. */
    if (*theirs != '\0') {
      put(writer, &setting->separator, 1);
      put_text(writer, theirs);
    }
    put_end(writer);
    return start;
  }
  return entry;
}

/* The pointers to the entries; only counted when there is no array. */
struct entries {
  char** array;
  size_t count;
};

static void add(struct entries* entries, char* entry) {
  if (entries->array != NULL) entries->array[entries->count] = entry;
  entries->count++;
}

/* Writes the environment, or only measures it when there is no room yet. */
static void build(const struct plan* plan, enum role role, char* const envp[],
                  struct writer* strings, char** pointers) {
  struct entries entries = {pointers, 0};
  for (size_t index = 0; envp != NULL && envp[index] != NULL; index++) {
    add(&entries, extend(plan, role, strings, envp[index]));
  }
  add(&entries, begin(strings));
  const char letter = guard_letter(role);
  put_text(strings, GUARD_VARIABLE "=");
  put(strings, &letter, 1);
  put_text(strings, plan->records);
  put_end(strings);
  if (!has(envp, "LD_PRELOAD", 10)) {
    add(&entries, begin(strings));
    put_text(strings, "LD_PRELOAD=");
    put_text(strings, preload_of(plan, role));
    put_end(strings);
  }
  for (size_t index = 0; guard_has_allocator(role) && index < plan->setting_count; index++) {
    const struct setting* setting = &plan->settings[index];
    if (has(envp, setting->name, setting->name_length)) continue;
    add(&entries, begin(strings));
    put(strings, setting->name, setting->name_length);
    put_text(strings, "=");
    put(strings, setting->value, setting->value_length);
    put_end(strings);
  }
  add(&entries, NULL);
}

static size_t pointers_size(const struct plan* plan, char* const envp[]) {
  /* The caller's, GUARD_VARIABLE, LD_PRELOAD, the settings, the end. */
  return (count(envp) + plan->setting_count + 3) * sizeof(char*);
}

size_t guard_environment_size(const struct plan* plan, enum role role, char* const envp[]) {
  struct writer strings = {NULL, 0};
  build(plan, role, envp, &strings, NULL);
  return pointers_size(plan, envp) + strings.size;
}

char** guard_environment(const struct plan* plan, enum role role, char* const envp[],
                         void* buffer) {
  char** pointers = buffer;
  struct writer strings = {(char*)buffer + pointers_size(plan, envp), 0};
  build(plan, role, envp, &strings, pointers);
  return pointers;
}
