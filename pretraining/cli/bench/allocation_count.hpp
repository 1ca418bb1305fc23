#pragma once
// How often this program has asked for memory by operator new, in all threads, since it began. A
// training step that is under way should not: `strata bench` shows it.

#include <cstddef>

namespace strata::cli {

std::size_t allocation_count();

}  // namespace strata::cli
