#include "tests/allocation_count.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

static std::atomic<std::size_t> allocations = 0;

std::size_t strata::testing::allocation_count() {
  return allocations;
}

// These replace the standard library's in the whole test program. They stand in a file of their own, where the compiler
// cannot see both sides of a pair and complain that free does not belong to new.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size > 0 ? size : 1)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
