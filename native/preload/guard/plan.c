#include <string.h>

#include "guard.h"

#include <stdlib.h>

static void read_setting(struct plan *plan, char *text) {
  /* ",NAME=value": the separator, or '=' for none. */
  if (plan->setting_count == max_settings || text[0] == '\0') return;
  char *equals = strchr(text + 1, '=');
  if (equals == NULL) return;
  struct setting *setting = &plan->settings[plan->setting_count++];
  setting->separator = text[0] == '=' ? '\0' : text[0];
  setting->name = text + 1;
  setting->name_length = (size_t)(equals - setting->name);
  setting->value = equals + 1;
  setting->value_length = strlen(setting->value);
}

static int has_key(const char *record, const char *key, char **value) {
  const size_t length = strlen(key);
  if (strncmp(record, key, length) != 0 || record[length] != '=') return 0;
  *value = (char *)record + length + 1;
  return 1;
}

static enum inherit inherit_of(const char *value) {
  if (strcmp(value, "all") == 0) return inherit_all;
  if (strcmp(value, "none") == 0) return inherit_none;
  return inherit_node;
}

void guard_read_plan(struct plan *plan, const char *text) {
  /* 'A': this process has the allocator; 'C': it is a carrier. */
  if (text[0] != 'A' && text[0] != 'C') return;
  /* Two copies that are never freed: one to cut up, one for children. */
  char *cut = strdup(text + 1);
  char *whole = strdup(text + 1);
  if (cut == NULL || whole == NULL) return;
  plan->role = text[0] == 'A' ? role_allocator : role_carrier;
  plan->records = whole;
  plan->library = plan->preload = plan->guard = plan->node = "";
  char *state = NULL;
  const char ends[] = {record_end, '\0'};
  for (char *record = strtok_r(cut, ends, &state); record != NULL;
       record = strtok_r(NULL, ends, &state)) {
    char *value;
    if (has_key(record, "library", &value)) plan->library = value;
    if (has_key(record, "preload", &value)) plan->preload = value;
    if (has_key(record, "guard", &value)) plan->guard = value;
    if (has_key(record, "node", &value)) plan->node = value;
    if (has_key(record, "inherit", &value)) plan->inherit = inherit_of(value);
    if (has_key(record, "verify", &value)) plan->verify = value[0] == '1';
    if (has_key(record, "marker", &value)) plan->marker = value[0] == '1';
    if (has_key(record, "set", &value)) read_setting(plan, value);
  }
  plan->present = 1;
}
