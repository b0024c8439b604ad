#define _GNU_SOURCE
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "fork.h"
#include "header.h"
#include "message.h"
#include "over_aligned.h"
#include "section.h"
#include "spec.h"

allomorph_allocator* allomorph_chain;
/* Until it is known, a value that no size or address has. */
uint64_t allomorph_secret = UINT64_C(0x9E3779B97F4A7C15);

/* Of the 16 random bytes that the kernel gives each process, which libc uses for guards of its own.
 */
static uint64_t make_secret(void) {
  uint64_t random[2] = {0, 0};
  const void* bytes = (const void*)getauxval(AT_RANDOM);
  if (bytes != NULL) memcpy(random, bytes, sizeof random);
  uint64_t mixed = random[0] ^ (random[1] << 32 | random[1] >> 32) ^ (uintptr_t)&allomorph_chain;
  mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94D049BB133111EB);
  return mixed ^ (mixed >> 31);
}

/* An allocator that sets itself up with its first call does so now: what it registers for forks has
   to be there before ours is. One that gives nothing here may well be meant to. */
static void use_once(allomorph_allocator* chain) {
  uint8_t* start = allomorph_allocate(chain, 2 * least_align, least_align);
  if (start == NULL) return;
  /* Before it is given back: an allocator that shifts what malloc gave may hand that to free. */
  require_least_align(start, 2 * least_align);
  allomorph_deallocate(chain, start, 2 * least_align, least_align);
}

__attribute__((constructor)) static void start(void) {
  const char* text = getenv(SPEC_VARIABLE);
  if (text == NULL || text[0] == '\0') {
    start_failed("liballomorph-malloc.so is preloaded, but " SPEC_VARIABLE
                 " does not say which allocator it shall use. Start the program by allomorph run "
                 "--allocator SPEC, or take the library out of LD_PRELOAD.",
                 NULL);
  }
  allomorph_secret = make_secret();
  allomorph_allocator* chain = spec_build(text);
  use_once(chain);
  if (!section_start()) start_failed("pthread_key_create failed: too many keys are in use.", NULL);
  fork_start();
  allomorph_chain = chain;
}
