#pragma once

#include <cstddef>

namespace strata::testing {

/// How often the test program has called operator new, in all threads.
std::size_t allocation_count();

}  // namespace strata::testing
