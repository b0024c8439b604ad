#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guard.h"

/* By enum role; the first character of the variable. lib/process/plan.ts writes
   'v' and 'a'. */
static const char role_letters[] = "-cav";

char guard_letter(enum role role) {
  return role_letters[role];
}

static void read_setting(struct plan* plan, char* text) {
  /* ",NAME=value": the separator, or '=' for none. */
  if (plan->setting_count == max_settings || text[0] == '\0') return;
  char* equals = strchr(text + 1, '=');
  if (equals == NULL) return;
  struct setting* setting = &plan->settings[plan->setting_count++];
  setting->separator = text[0] == '=' ? '\0' : text[0];
  setting->name = text + 1;
  setting->name_length = (size_t)(equals - setting->name);
  setting->value = equals + 1;
  setting->value_length = strlen(setting->value);
}

static int has_key(const char* record, const char* key, char** value) {
  const size_t length = strlen(key);
  if (strncmp(record, key, length) != 0 || record[length] != '=') return 0;
  *value = (char*)record + length + 1;
  return 1;
}

static enum inherit inherit_of(const char* value) {
  if (strcmp(value, "all") == 0) return inherit_all;
  if (strcmp(value, "none") == 0) return inherit_none;
  return inherit_node;
}

void* guard_keep(size_t size) {
  void* pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return pages == MAP_FAILED ? NULL : pages;
}

void guard_read_plan(struct plan* plan, const char* text) {
  const char* letter = strchr(role_letters, text[0]);
  if (letter == NULL || text[0] == '\0') return;
  /* Two copies: one to cut up, one for children. */
  const size_t size = strlen(text + 1) + 1;
  char* cut = guard_keep(2 * size);
  if (cut == NULL) return;
  char* whole = cut + size;
  memcpy(cut, text + 1, size);
  memcpy(whole, text + 1, size);
  plan->role = (enum role)(letter - role_letters);
  plan->pid = getpid();
  plan->records = whole;
  plan->library = plan->preload = plan->guard = plan->node = "";
  char* state = NULL;
  const char ends[] = {record_end, '\0'};
  for (char* record = strtok_r(cut, ends, &state); record != NULL;
       record = strtok_r(NULL, ends, &state)) {
    char* value;
    if (has_key(record, "library", &value)) plan->library = value;
    if (has_key(record, "preload", &value)) plan->preload = value;
    if (has_key(record, "guard", &value)) plan->guard = value;
    if (has_key(record, "node", &value)) plan->node = value;
    if (has_key(record, "inherit", &value)) plan->inherit = inherit_of(value);
    if (has_key(record, "set", &value)) read_setting(plan, value);
  }
  plan->present = 1;
}
