// The exported C functions: the five of the ABI and the table behind them, all
// going to the global backend.

#include <atomic>
#include <type_traits>

#include "abi/allomorph.h"
#include "core/copies.h"

namespace {

constinit std::atomic<const allomorph_abi*> settled{nullptr};

const allomorph_abi* settle() {
  // Two threads may both come here; they find the same table.
  const allomorph_abi* abi = allomorph::leading_global_abi();
  settled.store(abi, std::memory_order_release);
  return abi;
}

inline const allomorph_abi* global() {
  const allomorph_abi* abi = settled.load(std::memory_order_acquire);
  return abi != nullptr ? abi : settle();
}

}  // namespace

extern "C" {

const allomorph_abi* allomorph_global_abi(void) {
  return global();
}

uint8_t* __rust_allocate(size_t size, size_t align) {
  return global()->allocate(size, align);
}

void __rust_deallocate(uint8_t* ptr, size_t old_size, size_t align) {
  global()->deallocate(ptr, old_size, align);
}

uint8_t* __rust_reallocate(uint8_t* ptr, size_t old_size, size_t size, size_t align) {
  return global()->reallocate(ptr, old_size, size, align);
}

size_t __rust_reallocate_inplace(uint8_t* ptr, size_t old_size, size_t size, size_t align) {
  return global()->reallocate_inplace(ptr, old_size, size, align);
}

size_t __rust_usable_size(size_t size, size_t align) {
  return global()->usable_size(size, align);
}

}  // extern "C"

// The signatures are the contract: a change here breaks code that was compiled
// against another version of the header.
template <class Actual, class Declared>
inline constexpr bool same = std::is_same_v<Actual*, Declared>;
static_assert(same<decltype(__rust_allocate), decltype(allomorph_abi::allocate)>);
static_assert(same<decltype(__rust_deallocate), decltype(allomorph_abi::deallocate)>);
static_assert(same<decltype(__rust_reallocate), decltype(allomorph_abi::reallocate)>);
static_assert(
    same<decltype(__rust_reallocate_inplace), decltype(allomorph_abi::reallocate_inplace)>);
static_assert(same<decltype(__rust_usable_size), decltype(allomorph_abi::usable_size)>);
static_assert(same<uint8_t*(size_t, size_t), decltype(&__rust_allocate)>);
static_assert(same<void(uint8_t*, size_t, size_t), decltype(&__rust_deallocate)>);
static_assert(same<uint8_t*(uint8_t*, size_t, size_t, size_t), decltype(&__rust_reallocate)>);
static_assert(same<size_t(uint8_t*, size_t, size_t, size_t), decltype(&__rust_reallocate_inplace)>);
static_assert(same<size_t(size_t, size_t), decltype(&__rust_usable_size)>);
