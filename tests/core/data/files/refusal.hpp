#pragma once
// Files that cannot be read.

#include "core/io/files.hpp"
#include "tests/check_close.hpp"
#include "tests/scratch.hpp"

namespace strata::testing {

/// What `read` says of a file with these bytes, after the file's name: "3:2: …" or "is empty".
template <class Read>
std::string refusal_of(const Read& read, const std::string& name, const std::string& bytes) {
  const Scratch scratch;
  const std::string path = scratch.file(name);
  write_file(path, bytes);
  const std::string error = error_of([&] { read(path); });
  CHECK(error.starts_with(path + ":"));
  const std::string rest = error.substr(std::min(error.size(), path.size() + 1));
  return rest.starts_with(" ") ? rest.substr(1) : rest;
}

}  // namespace strata::testing
