#include "core/check.hpp"

#include <sstream>

namespace strata {

void TextPart::write_letters(std::ostream& out, const void* part) {
  out << static_cast<const char*>(part);
}

std::string joined(std::initializer_list<TextPart> parts) {
  std::ostringstream out;
  for (const TextPart& each : parts) each.write(out, each.part);
  return out.str();
}

void throw_error(std::initializer_list<TextPart> parts) {
  throw Error(joined(parts));
}

}  // namespace strata
