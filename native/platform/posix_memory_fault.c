#define _GNU_SOURCE
#define _DARWIN_C_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#if defined(__linux__)
#include <ucontext.h>
#endif

#include "platform/memory_fault.h"

static _Atomic(allomorph_memory_fault_function) listener;

/* What is called after us: the newest handler that stood in our place, and the one that was there
   at first. */
static struct actions {
  struct sigaction first, newest;
} segv, bus;
static atomic_flag is_changing = ATOMIC_FLAG_INIT;

/*
 * The call of a predecessor that is under way. One that was put in our place may have kept us as
 * its own predecessor, and calls us from there: with the same context, from further up the stack. A
 * fault of its own, or one after it has left by longjmp, has another context or the same frame.
 */
static _Atomic(uintptr_t) passed_context, passed_frame;

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

static void pass_on(const struct sigaction* before, int signal, siginfo_t* info, void* context) {
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

/* As the kernel does before it calls a handler; when ours returns, it restores the mask. A handler
   for one fault that returns (SA_RESETHAND) would be called for ever otherwise. */
static void prepare_call(const struct sigaction* action, int signal) {
  const unsigned flags = (unsigned)action->sa_flags;
  pthread_sigmask(SIG_BLOCK, &action->sa_mask, NULL);
  if ((flags & SA_NODEFER) != 0) {
    sigset_t own;
    sigemptyset(&own);
    sigaddset(&own, signal);
    pthread_sigmask(SIG_UNBLOCK, &own, NULL);
  }
  if ((flags & SA_RESETHAND) != 0) {
    struct sigaction usual;
    memset(&usual, 0, sizeof usual);
    usual.sa_handler = SIG_DFL;
    sigaction(signal, &usual, NULL);
  }
}

static bool is_called_back(const void* context, uintptr_t frame) {
  return atomic_load(&passed_context) == (uintptr_t)context && frame < atomic_load(&passed_frame);
}

static void handle(int signal, siginfo_t* info, void* context) {
  const struct actions* actions = signal == SIGBUS ? &bus : &segv;
  const uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
  if (is_called_back(context, frame)) {
    pass_on(&actions->first, signal, info, context);
    return;
  }
  const int error = errno;
  /* Positive: from the processor. Else another process sent it, and there is no address. */
  if (info->si_code > 0) {
    const allomorph_memory_fault_function function = atomic_load(&listener);
    function((uintptr_t)info->si_addr, code_of(context));
  }
  errno = error;
  prepare_call(&actions->newest, signal);
  atomic_store(&passed_frame, frame);
  atomic_store(&passed_context, (uintptr_t)context);
  pass_on(&actions->newest, signal, info, context);
  atomic_store(&passed_context, 0);
}

static struct sigaction our_action(void) {
  struct sigaction ours;
  memset(&ours, 0, sizeof ours);
  ours.sa_sigaction = handle;
  /* ONSTACK: an overflow of the stack is a fault too, and finds no room for the handler elsewhere.
   */
  ours.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&ours.sa_mask);
  return ours;
}

static void keep(int signal, struct actions* actions) {
  struct sigaction now;
  if (sigaction(signal, NULL, &now) != 0) return;
  if ((now.sa_flags & SA_SIGINFO) != 0 && now.sa_sigaction == handle) return;
  actions->newest = now;
  const struct sigaction ours = our_action();
  sigaction(signal, &ours, NULL);
}

void allomorph_keep_memory_fault(void) {
  if (atomic_load(&listener) == NULL || atomic_flag_test_and_set(&is_changing)) return;
  const int error = errno;
  keep(SIGSEGV, &segv);
  keep(SIGBUS, &bus);
  errno = error;
  atomic_flag_clear(&is_changing);
}

int allomorph_on_memory_fault(allomorph_memory_fault_function function) {
  allomorph_memory_fault_function none = NULL;
  if (!atomic_compare_exchange_strong(&listener, &none, function)) return 0;
  /* Asked first: the handler may run before sigaction has written what was there. */
  if (sigaction(SIGSEGV, NULL, &segv.first) != 0 || sigaction(SIGBUS, NULL, &bus.first) != 0) {
    atomic_store(&listener, NULL);
    return -1;
  }
  segv.newest = segv.first;
  bus.newest = bus.first;
  const struct sigaction ours = our_action();
  if (sigaction(SIGSEGV, &ours, NULL) != 0 || sigaction(SIGBUS, &ours, NULL) != 0) {
    atomic_store(&listener, NULL);
    return -1;
  }
  return 0;
}
