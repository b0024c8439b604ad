#include "locked_heap.h"

#include <pthread.h>

namespace {

// Both are there before any code runs and stay when all destructors have run: memory is asked for
// before the first constructor of the program and given back after the last destructor.
constinit Heap heap;
constinit pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

class Lock {
 public:
  Lock() {
    pthread_mutex_lock(&mutex);
  }
  ~Lock() {
    pthread_mutex_unlock(&mutex);
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
};

void lock() {
  pthread_mutex_lock(&mutex);
}

void unlock() {
  pthread_mutex_unlock(&mutex);
}

// The forking thread holds the lock while the process is copied: the child finds it free and the
// heap whole.
__attribute__((constructor)) void respect_fork() {
  pthread_atfork(lock, unlock, unlock);
}

}  // namespace

void* heap_allocate(std::size_t size, std::size_t align) {
  Lock held;
  return heap.allocate(size, align);
}

void heap_deallocate(void* payload) {
  Lock held;
  heap.deallocate(payload);
}

bool heap_resize(void* payload, std::size_t size) {
  Lock held;
  return heap.resize(payload, size);
}
