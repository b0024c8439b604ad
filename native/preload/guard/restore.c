#include <stdlib.h>
#include <string.h>

#include "guard.h"

extern char** environ;

/* New strings, and not edits of the old ones: allocators keep pointers to the
   values that they read. These live as long as the process. */
static char* entry_of(const char* name, size_t name_length, const char* value, size_t length) {
  char* entry = malloc(name_length + length + 2);
  if (entry == NULL) return NULL;
  memcpy(entry, name, name_length);
  entry[name_length] = '=';
  memcpy(entry + name_length + 1, value, length);
  entry[name_length + 1 + length] = '\0';
  return entry;
}

/* "theirs:ours" -> "theirs" */
static void restore_preload(char** entry, const char* ours) {
  static const char name[] = "LD_PRELOAD";
  const char* value = *entry + sizeof name;
  const size_t length = strlen(value), our_length = strlen(ours);
  if (length <= our_length || strcmp(value + length - our_length, ours) != 0) return;
  char* restored = entry_of(name, sizeof name - 1, value, length - our_length - 1);
  if (restored != NULL) *entry = restored;
}

/* "ours,theirs" -> "theirs"; "ours" -> "": the variable was there and empty. */
static void restore_setting(char** entry, const struct setting* setting) {
  const char* value = *entry + setting->name_length + 1;
  if (strncmp(value, setting->value, setting->value_length) != 0) return;
  const char* theirs = value + setting->value_length;
  if (*theirs == setting->separator) {
    theirs++;
  } else if (*theirs != '\0') {
    return;
  }
  char* restored = entry_of(setting->name, setting->name_length, theirs, strlen(theirs));
  if (restored != NULL) *entry = restored;
}

void guard_restore_environment(const struct plan* plan) {
  const int allocator = guard_has_allocator(plan->role);
  for (char** entry = environ; *entry != NULL; entry++) {
    if (guard_is_entry(*entry, GUARD_VARIABLE, sizeof GUARD_VARIABLE - 1)) {
      *entry = NULL; /* from here on everything is ours */
      return;
    }
    if (guard_is_entry(*entry, "LD_PRELOAD", 10))
      restore_preload(entry, allocator ? plan->preload : plan->guard);
    if (!allocator) continue;
    for (size_t index = 0; index < plan->setting_count; index++) {
      const struct setting* setting = &plan->settings[index];
      if (setting->separator != '\0' &&
          guard_is_entry(*entry, setting->name, setting->name_length)) {
        restore_setting(entry, setting);
      }
    }
  }
}
