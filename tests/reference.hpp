#pragma once
// The oracle's values (tests/reference/reference.json, made by make_reference.py with PyTorch in
// float64).

#include "core/io/files.hpp"
#include "core/io/json.hpp"

namespace strata::testing {

inline const Json& reference() {
  static const std::string path = "tests/reference/reference.json";
  static const Json values = parse_json(read_file(path), path);
  return values;
}

/// More of convolution, pooling and normalisation (make_operations_reference.py).
inline const Json& operations_reference() {
  static const std::string path = "tests/reference/operations_reference.json";
  static const Json values = parse_json(read_file(path), path);
  return values;
}

/// Whole convolutional autoencoders (make_convolutional_reference.py).
inline const Json& convolutional_reference() {
  static const std::string path = "tests/reference/convolutional_reference.json";
  static const Json values = parse_json(read_file(path), path);
  return values;
}

}  // namespace strata::testing
