#pragma once
// Model files: named tensors in the safetensors format, which Python libraries read with one call.
//   8 bytes   N, the length of the header, little-endian
//   N bytes   JSON: {"__metadata__": {"key": "text", …},
//                    "encoder.0.W": {"dtype": "F64", "shape": [64, 100],
//                                    "data_offsets": [begin, end]}, …}
//   the rest  the numbers, little-endian, row-major; offsets count from the start of this part
// The tensors must tile the data part: no holes, no overlap, nothing after the last.
// Source: github.com/huggingface/safetensors, the section "Format" of its README.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/tensor.hpp"

namespace strata {

struct SafeTensors {
  /// In the order of the header.
  std::vector<std::pair<std::string, Tensor>> tensors = {};
  /// Vectors that stay double in the float build too: F64 of rank 1, in the file "NAME.double".
  std::vector<std::pair<std::string, std::vector<double>>> doubles = {};
  /// Free text, such as the settings of a model.
  std::vector<std::pair<std::string, std::string>> metadata = {};

  /// The tensor of that name, or nullptr.
  const Tensor* find(std::string_view name) const;
  /// The same, but if it is missing, throws Error and names the tensors that exist.
  const Tensor& at(std::string_view name) const;
  /// The text under that key of the metadata, or nullptr.
  const std::string* find_metadata(std::string_view key) const;
};

/// Reads a file of F64 and F32 tensors of rank 0 to 4 into Real (rank 0 becomes shape (1)). Throws
/// Error "PATH: …", naming the tensor, for anything the format does not allow, for other dtypes
/// and, in the float build, for numbers beyond float. A header with false sizes is detected before
/// memory is allocated for it.
SafeTensors read_safetensors(const std::string& path);

/// Writes dtype F64, or F32 in the float build; the header is padded with spaces to a multiple of 8
/// bytes. Throws Error for a duplicate name, for the reserved name __metadata__, and for a tensor
/// without a shape.
void write_safetensors(const std::string& path, const SafeTensors& file);

}  // namespace strata
