#include "spec.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "blocks.h"
#include "leaf.h"
#include "message.h"

/* As given, and cut up: values of options are pieces of it for the life of the process. */
static char whole[longest_spec];
static char pieces[longest_spec];

const char* allomorph_malloc_spec(void) {
  return whole;
}

/*
 * Whether the launcher has written it, and not the user: the guard's variable holds the launcher's
 * plan (lib/process/plan.ts), and is there until the guard itself starts.
 */
static bool is_from_launcher(void) {
  static const char name[] = SPEC_VARIABLE "=";
  static const char record_end = '\x1e';
  const char* plan = getenv("ALLOMORPH_GUARD");
  const char* planned = plan == NULL ? NULL : strstr(plan, name);
  if (planned == NULL) return false;
  planned += sizeof name - 1;
  const size_t length = strlen(whole);
  return strncmp(planned, whole, length) == 0 && planned[length] == record_end;
}

const char* spec_origin(void) {
  return is_from_launcher() ? "the allocator asked for" : SPEC_VARIABLE;
}

static _Noreturn void spec_failed(const char* first, const char* second, const char* third) {
  start_failed(spec_origin(), " is \"", whole, "\": ", first, second, third,
               " The form is system, /absolute/path.so or BLOCK[:key=value[,key=value...]]:SPEC.",
               NULL);
}

/* "key=value,key=value", whose end is marked by a zero now. */
static void read_options(struct options* options, char* text) {
  const struct block_kind* kind = options->kind;
  for (char* next = text; next != NULL;) {
    char* key = next;
    next = strchr(key, ',');
    if (next != NULL) *next++ = '\0';
    char* value = strchr(key, '=');
    if (value == NULL || value[1] == '\0') {
      spec_failed("\"", key, "\" is no option with a value.");
    }
    *value++ = '\0';
    size_t known = 0;
    while (kind->keys[known] != NULL && strcmp(kind->keys[known], key) != 0) known++;
    if (kind->keys[known] == NULL) {
      start_failed(spec_origin(), " is \"", whole, "\": ", kind->name, " has no option \"", key,
                   "\". The form is ", kind->form, ".", NULL);
    }
    if (option_text(options, key) != NULL) spec_failed("the option ", key, " is given twice.");
    options->list[options->count].key = key;
    options->list[options->count++].value = value;
  }
}

/* "key=...": a path may hold an equals sign, but begins with a slash. */
static bool begins_with_option(const char* text) {
  const size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz-");
  return length > 0 && text[length] == '=';
}

/* Cuts the block at the front off; null: what is left is the leaf. */
static char* read_block(char* text, struct options* options) {
  char* colon = strchr(text, ':');
  if (text[0] == '/' || colon == NULL) return NULL;
  options->kind = blocks_find(text, (size_t)(colon - text));
  if (options->kind == NULL) {
    *colon = '\0';
    spec_failed("there is no building block \"", text, "\".");
  }
  options->count = 0;
  char* rest = colon + 1;
  if (!begins_with_option(rest)) return rest;
  colon = strchr(rest, ':');
  if (colon == NULL)
    spec_failed("what follows the options of ", options->kind->name, " is missing.");
  *colon = '\0';
  read_options(options, rest);
  return colon + 1;
}

allomorph_allocator* spec_build(const char* text) {
  if (strlen(text) >= longest_spec) {
    start_failed(SPEC_VARIABLE " is longer than 8191 bytes.", NULL);
  }
  strcpy(whole, text);
  strcpy(pieces, text);
  struct options blocks[most_blocks];
  size_t count = 0;
  char* rest = pieces;
  for (struct options next; (text = read_block(rest, &next)) != NULL; rest = (char*)text) {
    if (count == most_blocks) spec_failed("it has more than 16 blocks.", "", "");
    blocks[count++] = next;
  }
  allomorph_allocator* chain = leaf_open(rest);
  while (chain != NULL && count-- > 0) {
    chain = blocks[count].kind->build(chain, &blocks[count]);
  }
  if (chain == NULL) start_failed("memory is exhausted at the start of the process.", NULL);
  return chain;
}
