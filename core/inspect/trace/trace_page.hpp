#pragma once
// Data, style and script put together to a page.

#include <string>

#include "core/io/json.hpp"

namespace strata {

std::string page_of_trace(const std::string& title, const Json& data);

}  // namespace strata
