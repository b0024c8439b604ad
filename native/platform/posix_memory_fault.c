#define _GNU_SOURCE
#define _DARWIN_C_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#if defined(__linux__)
#include <ucontext.h>
#endif

#include "platform/memory_fault.h"

static _Atomic(allomorph_memory_fault_function) listener;
static struct sigaction before_segv, before_bus;

static uintptr_t code_of(const void* context) {
#if defined(__linux__) && defined(__x86_64__)
  return (uintptr_t)((const ucontext_t*)context)->uc_mcontext.gregs[REG_RIP];
#elif defined(__linux__) && defined(__aarch64__)
  return (uintptr_t)((const ucontext_t*)context)->uc_mcontext.pc;
#else
  (void)context;
  return 0;
#endif
}

static void pass_on(int signal, siginfo_t* info, void* context) {
  const struct sigaction* before = signal == SIGBUS ? &before_bus : &before_segv;
  if ((before->sa_flags & SA_SIGINFO) != 0) {
    before->sa_sigaction(signal, info, context);
  } else if (before->sa_handler == SIG_DFL || before->sa_handler == SIG_IGN) {
    /* An access that faults again dies of it; what kill(2) sent must be sent again. */
    sigaction(signal, before, NULL);
    if (info->si_code <= 0) raise(signal);
  } else {
    before->sa_handler(signal);
  }
}

static void handle(int signal, siginfo_t* info, void* context) {
  const int error = errno;
  /* Positive: from the processor. Else another process sent it, and there is no address. */
  if (info->si_code > 0) {
    const allomorph_memory_fault_function function = atomic_load(&listener);
    function((uintptr_t)info->si_addr, code_of(context));
  }
  errno = error;
  pass_on(signal, info, context);
}

int allomorph_on_memory_fault(allomorph_memory_fault_function function) {
  allomorph_memory_fault_function none = NULL;
  if (!atomic_compare_exchange_strong(&listener, &none, function)) return 0;
  struct sigaction ours;
  memset(&ours, 0, sizeof ours);
  ours.sa_sigaction = handle;
  /* ONSTACK: an overflow of the stack is a fault too, and finds no room for the handler elsewhere.
   */
  ours.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&ours.sa_mask);
  /* Asked first: the handler may run before sigaction has written what was there. */
  if (sigaction(SIGSEGV, NULL, &before_segv) != 0 || sigaction(SIGBUS, NULL, &before_bus) != 0 ||
      sigaction(SIGSEGV, &ours, NULL) != 0 || sigaction(SIGBUS, &ours, NULL) != 0) {
    atomic_store(&listener, NULL);
    return -1;
  }
  return 0;
}
