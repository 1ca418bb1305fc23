#pragma once
// How often this program has asked for memory by operator new, in all threads, since it began. A
// training step that is under way should not.

#include <cstddef>

namespace strata::testing {

std::size_t allocation_count();

}  // namespace strata::testing
