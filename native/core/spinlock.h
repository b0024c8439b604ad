// For critical sections of some nanoseconds. An uncontended lock and unlock
// cost one locked instruction; a mutex costs two.
#ifndef ALLOMORPH_CORE_SPINLOCK_H
#define ALLOMORPH_CORE_SPINLOCK_H

#include <atomic>
#include <thread>

namespace allomorph {

class Spinlock {
 public:
  void lock() {
    while (locked_.exchange(true, std::memory_order_acquire)) {
      // The holder may have lost its core; there is no telling how many there are.
      while (locked_.load(std::memory_order_relaxed)) std::this_thread::yield();
    }
  }
  void unlock() {
    locked_.store(false, std::memory_order_release);
  }

 private:
  std::atomic<bool> locked_{false};
};

}  // namespace allomorph

#endif
