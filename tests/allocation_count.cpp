#include "tests/allocation_count.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

static std::atomic<std::size_t> allocations = 0;

std::size_t strata::testing::allocation_count() {
  return allocations;
}

static void* counted(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  ++allocations;
  return memory;
}

// These replace the standard library's in the whole test program; its forms for arrays and for std::nothrow call them.
// They stand in a file of their own, where the compiler cannot see both sides of a pair and complain that free does not
// belong to new.
void* operator new(std::size_t size) {
  return counted(std::malloc(std::max<std::size_t>(size, 1)));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  const std::size_t multiple = std::max(std::size_t(alignment), sizeof(void*));
  const std::size_t rounded = (std::max<std::size_t>(size, 1) + multiple - 1) / multiple * multiple;
  return counted(std::aligned_alloc(multiple, rounded));  // wants a size that is a multiple
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}
