#include <string.h>

#include "guard.h"

extern char** environ;

/* New strings, and not edits of the old ones: allocators keep pointers to the
   values that they read. These live as long as the process. */
static char* entry_of(const char* name, size_t name_length, const char* value, size_t length) {
  char* entry = guard_keep(name_length + length + 2);
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

/* Behind GUARD_VARIABLE: what we added. Constructors of libraries that ran before
   this one may have added theirs; those stay. */
static int is_ours(const struct plan* plan, const char* entry) {
  if (guard_is_entry(entry, "LD_PRELOAD", 10)) return 1;
  for (size_t index = 0; index < plan->setting_count; index++) {
    const struct setting* setting = &plan->settings[index];
    if (guard_is_entry(entry, setting->name, setting->name_length)) return 1;
  }
  return 0;
}

static void restore_entry(const struct plan* plan, int allocator, char** entry) {
  if (guard_is_entry(*entry, "LD_PRELOAD", 10)) {
    restore_preload(entry, allocator ? plan->preload : plan->guard);
  }
  for (size_t index = 0; allocator && index < plan->setting_count; index++) {
    const struct setting* setting = &plan->settings[index];
    if (setting->separator != '\0' && guard_is_entry(*entry, setting->name, setting->name_length)) {
      restore_setting(entry, setting);
    }
  }
}

void guard_restore_environment(const struct plan* plan) {
  const int allocator = guard_has_allocator(plan->role);
  int behind = 0;
  char** kept = environ;
  for (char** entry = environ; *entry != NULL; entry++) {
    if (guard_is_entry(*entry, GUARD_VARIABLE, sizeof GUARD_VARIABLE - 1)) {
      behind = 1;
    } else if (!behind) {
      restore_entry(plan, allocator, entry);
      *kept++ = *entry;
    } else if (!is_ours(plan, *entry)) {
      *kept++ = *entry;
    }
  }
  *kept = NULL;
}
