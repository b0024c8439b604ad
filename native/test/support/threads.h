// Runs one function in several threads that start together.
#ifndef ALLOMORPH_TEST_THREADS_H
#define ALLOMORPH_TEST_THREADS_H

#include <latch>
#include <thread>
#include <vector>

namespace allomorph::test {

// body(index) for index 0 .. count - 1. Together: else the first thread has often
// ended before the last is created, and nothing contends.
template <class Body>
void run_threads(size_t count, Body body) {
  std::latch start(static_cast<std::ptrdiff_t>(count));
  std::vector<std::thread> threads;
  for (size_t index = 0; index < count; index++) {
    threads.emplace_back([&start, &body, index] {
      start.arrive_and_wait();
      body(index);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace allomorph::test

#endif
