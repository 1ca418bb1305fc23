// The counter that allocations_test.cpp trusts: every form of operator new is counted.

#include "tests/allocation_count.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <new>
#include <utility>

TEST_CASE("every form of new is counted once, aligned ones too") {
  // The functions themselves: a compiler may leave out a pair of new and delete, but not these
  // calls.
  const auto counted = [](const auto& allocate) {
    const std::size_t before = strata::testing::allocation_count();
    void* const memory = allocate();
    const std::size_t count = strata::testing::allocation_count() - before;
    REQUIRE(memory != nullptr);
    return std::pair(count, memory);
  };
  const auto [plain, a] = counted([] { return ::operator new(24); });
  const auto [array, b] = counted([] { return ::operator new[](24); });
  const auto [no_throw, c] = counted([] { return ::operator new(24, std::nothrow); });
  const auto [aligned, d] = counted([] { return ::operator new(24, std::align_val_t(64)); });
  const auto [aligned_array, e] =
      counted([] { return ::operator new[](24, std::align_val_t(256)); });
  CHECK(plain == 1);
  CHECK(aligned == 1);
  CHECK(array == 1);
  CHECK(no_throw == 1);
  CHECK(aligned_array == 1);
  CHECK(reinterpret_cast<std::uintptr_t>(d) % 64 == 0);
  CHECK(reinterpret_cast<std::uintptr_t>(e) % 256 == 0);
  ::operator delete(a);
  ::operator delete[](b);
  ::operator delete(c, std::nothrow);
  ::operator delete(d, std::align_val_t(64));
  ::operator delete[](e, std::align_val_t(256));
}
