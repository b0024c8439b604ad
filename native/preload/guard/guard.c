#define _GNU_SOURCE
#include "guard.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

struct plan allomorph_plan;

static void forget_pid(void) {
  allomorph_plan.pid = 0;
}

__attribute__((constructor)) static void guard_start(void) {
  const char* text = getenv(GUARD_VARIABLE);
  if (text == NULL) return;
  guard_read_plan(&allomorph_plan, text);
  if (!allomorph_plan.present) return;
  /* The pid alone does not tell: the child in a new pid namespace can have the same. */
  pthread_atfork(NULL, NULL, forget_pid);
  allomorph_plan.is_glibc = dlsym(RTLD_DEFAULT, "gnu_get_libc_version") != NULL;
  allomorph_plan.is_node = dlsym(RTLD_DEFAULT, "napi_module_register") != NULL;
  /* The allocator reads its configuration at the first allocation at the latest;
     it is about to be taken out of the environment. */
  free(malloc(1));
  if (guard_has_allocator(allomorph_plan.role)) guard_report();
  if (allomorph_plan.role == role_command) guard_verify(&allomorph_plan);
  guard_restore_environment(&allomorph_plan);
}
