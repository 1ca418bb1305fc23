#include "core/io/safetensors.hpp"

#include <algorithm>
#include <set>

#include "core/io/bytes.hpp"
#include "core/io/files.hpp"
#include "core/io/json.hpp"

namespace strata {
namespace {

constexpr std::string_view metadata_key = "__metadata__";
constexpr std::string_view doubles_ending = ".double";
constexpr std::size_t longest_header = 16 * 1024 * 1024;  // far above any honest one

// What the header says about one tensor, once it is known to fit the file.
struct Entry {
  std::string name;
  Shape shape;
  std::size_t bytes_per_number;
  std::size_t begin, end;  // where its bytes are in the data part
};

std::size_t bytes_per_number(const std::string& dtype) {
  check(dtype == "F64" || dtype == "F32", "the dtype is ", dtype,
        ", but only F64 and F32 are read");
  return dtype == "F64" ? 8 : 4;
}

Shape read_shape(const Json& lengths) {
  Shape shape;
  check(lengths.items().size() <= 4, "the shape has ", lengths.items().size(),
        " dimensions, but at most 4 are read");
  for (const Json& length : lengths.items()) {
    shape.lengths[shape.rank++] = length.as_size();
    check(length.as_size() > 0 || shape.rank == 1, "dimension ", shape.rank - 1,
          " of its shape is 0");
  }
  shape.rank = std::max<std::size_t>(shape.rank, 1);  // rank 0, a scalar: shape (1)
  return shape;
}

Entry read_entry(const std::string& name, const Json& description, std::size_t data_size) {
  Entry entry{name, read_shape(description.at("shape")),
              bytes_per_number(description.at("dtype").as_string()), 0, 0};
  const Json::Array& offsets = description.at("data_offsets").items();
  check(offsets.size() == 2, "data_offsets has ", offsets.size(), " numbers, not 2");
  entry.begin = offsets[0].as_size();
  entry.end = offsets[1].as_size();
  check(entry.begin <= entry.end && entry.end <= data_size, "data_offsets ", entry.begin, " to ",
        entry.end, " lie outside the ", data_size, " bytes of data");
  check(bytes_needed(entry.shape, entry.bytes_per_number) == entry.end - entry.begin, "a shape of ",
        entry.shape, " with ", entry.bytes_per_number, " bytes each does not fill the ",
        entry.end - entry.begin, " bytes of its data_offsets");
  return entry;
}

// The tensors must lie side by side from the first byte to the last.
void check_tiling(std::vector<Entry> entries, std::size_t data_size) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
  std::size_t position = 0;
  for (const Entry& entry : entries) {
    check(entry.begin == position, "tensor ", entry.name, " begins at byte ", entry.begin,
          " of the data, but ", position, " was expected (",
          entry.begin < position ? "tensors overlap" : "a hole", ")");
    position = entry.end;
  }
  check(position == data_size, data_size - position, " bytes after the last tensor");
}

Tensor read_tensor(const Entry& entry, std::string_view data) {
  Tensor tensor(entry.shape);
  const std::size_t width = entry.bytes_per_number;
  const std::string place = "tensor " + entry.name + " ";
  for (std::size_t i = 0; i < tensor.size(); ++i) {
    const std::uint64_t bits =
        read_unsigned(data, entry.begin + i * width, width, std::endian::little);
    tensor[i] = to_real(float_of_bits(bits, width), place);
  }
  return tensor;
}

bool is_doubles(const Entry& entry) {
  return entry.name.ends_with(doubles_ending) && entry.bytes_per_number == 8 &&
         entry.shape.rank == 1;
}

std::vector<double> read_doubles(const Entry& entry, std::string_view data) {
  std::vector<double> numbers;
  for (std::size_t at = entry.begin; at < entry.end; at += 8)
    numbers.push_back(float_of_bits(read_unsigned(data, at, 8, std::endian::little), 8));
  return numbers;
}

Json read_header(const std::string& path, std::string_view bytes, std::size_t& header_size) {
  check(bytes.size() >= 8, "not a safetensors file: ", bytes.size(),
        " bytes, at least 8 are needed");
  const std::uint64_t claimed = read_unsigned(bytes, 0, 8, std::endian::little);
  check(claimed <= bytes.size() - 8, "not a safetensors file, or cut off: its header should have ",
        claimed, " bytes, but ", bytes.size() - 8, " follow");
  check(claimed <= longest_header, "the header has ", claimed, " bytes; more than ", longest_header,
        " are not read");
  header_size = std::size_t(claimed);
  Json header = parse_json(bytes.substr(8, header_size), path + " (header)");
  check(header.is_object(), "the header is ", header.kind(), ", not an object");
  return header;
}

SafeTensors parse(const std::string& path, std::string_view bytes) {
  SafeTensors file;
  std::size_t header_size = 0;
  const Json header = read_header(path, bytes, header_size);
  const std::string_view data = bytes.substr(8 + header_size);
  std::vector<Entry> entries;
  for (const auto& [name, description] : header.members()) {
    try {
      if (name == metadata_key) {
        for (const auto& [key, value] : description.members())
          file.metadata.emplace_back(key, value.as_string());
      } else {
        entries.push_back(read_entry(name, description, data.size()));
      }
    } catch (const Error& error) {
      throw Error(text("tensor ", name, ": ", error.what()));
    }
  }
  check_tiling(entries, data.size());
  for (const Entry& entry : entries) {
    if (is_doubles(entry)) {
      const std::string name = entry.name.substr(0, entry.name.size() - doubles_ending.size());
      file.doubles.emplace_back(name, read_doubles(entry, data));
    } else {
      file.tensors.emplace_back(entry.name, read_tensor(entry, data));
    }
  }
  return file;
}

template <class Pairs>
auto find_in(const Pairs& pairs, std::string_view name) -> decltype(&pairs.front().second) {
  const auto found = std::find_if(pairs.begin(), pairs.end(),
                                  [&](const auto& pair) { return pair.first == name; });
  return found == pairs.end() ? nullptr : &found->second;
}

}  // namespace

const Tensor* SafeTensors::find(std::string_view name) const {
  return find_in(tensors, name);
}

const Tensor& SafeTensors::at(std::string_view name) const {
  if (const Tensor* tensor = find(name)) return *tensor;
  std::string names;
  for (const auto& [other, tensor] : tensors) names += (names.empty() ? "" : ", ") + other;
  throw Error(
      text("no tensor ", name, " in the file (there are: ", names.empty() ? "none" : names, ")"));
}

const std::string* SafeTensors::find_metadata(std::string_view key) const {
  return find_in(metadata, key);
}

SafeTensors read_safetensors(const std::string& path) {
  const std::string bytes = read_file(path);
  try {
    return parse(path, bytes);
  } catch (const Error& error) {
    const std::string problem = error.what();
    throw Error(problem.starts_with(path) ? problem : path + ": " + problem);
  }
}

void write_safetensors(const std::string& path, const SafeTensors& file) {
  Json header = Json::object();
  if (!file.metadata.empty()) {
    Json& metadata = header[metadata_key] = Json::object();
    for (const auto& [key, value] : file.metadata) metadata[key] = value;
  }
  std::set<std::string> names{std::string(metadata_key)};
  std::size_t position = 0;
  const auto add_entry = [&](const std::string& name, std::size_t width, Json shape,
                             std::size_t count) {
    check(names.insert(name).second, path, ": the tensor name ", name, " is taken");
    const std::size_t end = position + count * width;
    header[name] = Json::object({{"dtype", width == 8 ? "F64" : "F32"},
                                 {"shape", std::move(shape)},
                                 {"data_offsets", Json::array({position, end})}});
    position = end;
  };
  for (const auto& [name, tensor] : file.tensors) {
    check(tensor.rank() > 0, path, ": tensor ", name, " is empty");
    check(!name.ends_with(doubles_ending), path, ": the tensor name ", name, " ends in ",
          doubles_ending,
          ", which marks vectors of doubles (take another name, or SafeTensors::doubles)");
    Json::Array shape(tensor.shape.lengths.begin(),
                      tensor.shape.lengths.begin() + std::ptrdiff_t(tensor.rank()));
    add_entry(name, sizeof(Real), Json::array(std::move(shape)), tensor.size());
  }
  for (const auto& [name, numbers] : file.doubles)
    add_entry(name + std::string(doubles_ending), 8, Json::array({numbers.size()}), numbers.size());
  std::string header_text = header.dump();
  header_text.append((8 - header_text.size() % 8) % 8, ' ');

  std::string bytes;
  bytes.reserve(8 + header_text.size() + position);
  append_little_endian(bytes, header_text.size(), 8);
  bytes += header_text;
  for (const auto& [name, tensor] : file.tensors) {
    for (Real number : tensor.values) append_little_endian(bytes, number);
  }
  for (const auto& [name, numbers] : file.doubles) {
    for (double number : numbers)
      append_little_endian(bytes, std::bit_cast<std::uint64_t>(number), 8);
  }
  write_file(path, bytes);
}

}  // namespace strata
