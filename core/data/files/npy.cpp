#include "core/data/files/npy.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>

#include "core/io/bytes.hpp"
#include "core/io/files.hpp"
#include "core/io/utf8.hpp"

namespace strata {
namespace {

constexpr std::string_view magic = "\x93NUMPY";

// The type of the numbers: '<f8' is little-endian, a float, 8 bytes.
struct NumberType {
  char kind;  // f float, i integer, u unsigned integer, b boolean
  std::size_t bytes;
  std::endian order;
};

struct Header {
  NumberType type{};
  bool fortran_order = false;
  Shape shape;
};

// The part of the header that has not been read yet.
void skip_spaces(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(" \n\t"), rest.size()));
}

bool skip(std::string_view& rest, std::string_view token) {
  skip_spaces(rest);
  if (!rest.starts_with(token)) return false;
  rest.remove_prefix(token.size());
  return true;
}

[[noreturn]] void refuse(const std::string& expected, std::string_view rest) {
  const std::string_view found = rest.substr(0, std::min<std::size_t>(rest.find('\n'), 20));
  throw Error(text("its header is not understood: expected ", expected, ", found \"", found, "\""));
}

void expect(std::string_view& rest, std::string_view token) {
  if (!skip(rest, token)) refuse(std::string(token), rest);
}

std::string_view read_quoted(std::string_view& rest) {
  const std::string_view quote = skip(rest, "\"") ? "\"" : "'";
  if (quote == "'") expect(rest, quote);
  const std::size_t longest = 40;  // no name that we read is longer
  const std::string_view name =
      rest.substr(0, std::min({rest.find(quote), rest.find('\n'), longest}));
  rest.remove_prefix(name.size());
  expect(rest, quote);
  return name;
}

NumberType read_type(std::string_view& rest) {
  skip_spaces(rest);
  check(!rest.starts_with('['), "holds records with fields, only plain numbers are read");
  const std::string_view name = read_quoted(rest);
  check(name.find('O') == std::string_view::npos, "holds Python objects (", name,
        "), only plain numbers are read (in numpy: x.astype('f8'))");
  for (const char* known : {"f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"}) {
    const bool has_order =
        name.size() == 3 && std::string_view("<>|=").find(name[0]) != std::string_view::npos;
    if (has_order && name.substr(1) == known) {
      const std::endian order = name[0] == '>'   ? std::endian::big
                                : name[0] == '=' ? std::endian::native
                                                 : std::endian::little;
      return {known[0], std::size_t(known[1] - '0'), order};
    }
  }
  throw Error(text("holds numbers of type '", name,
                   "', read are f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 b1 (in numpy: x.astype('f8'))"));
}

bool read_truth(std::string_view& rest) {
  if (skip(rest, "True")) return true;
  expect(rest, "False");
  return false;
}

// (), (3,) or (3, 2); Python 2 wrote (3L, 2L).
Shape read_shape(std::string_view& rest) {
  Shape shape;
  expect(rest, "(");
  while (!skip(rest, ")")) {
    std::size_t length = 0;
    skip_spaces(rest);
    const auto [stop, error] = std::from_chars(rest.data(), rest.data() + rest.size(), length);
    check(error != std::errc::result_out_of_range, "its shape is larger than any file");
    if (error != std::errc()) refuse("a length in the shape", rest);
    rest.remove_prefix(std::size_t(stop - rest.data()));
    skip(rest, "L");
    check(shape.rank < 4, "has more than 4 dimensions, at most 4 are read");
    check(length > 0 || shape.rank == 0, "dimension ", shape.rank,
          " of its shape (counted from 0) is 0");
    shape.lengths[shape.rank++] = length;
    if (!skip(rest, ",")) {
      expect(rest, ")");
      break;
    }
  }
  shape.rank = std::max<std::size_t>(shape.rank, 1);
  return shape;
}

Header read_header(std::string_view rest) {
  Header header;
  bool has_type = false, has_order = false, has_shape = false;
  expect(rest, "{");
  while (!skip(rest, "}")) {
    const std::string_view key = read_quoted(rest);
    expect(rest, ":");
    if (key == "descr") {
      header.type = read_type(rest);
      has_type = true;
    } else if (key == "fortran_order") {
      header.fortran_order = read_truth(rest);
      has_order = true;
    } else if (key == "shape") {
      header.shape = read_shape(rest);
      has_shape = true;
    } else {
      throw Error(text("its header is not understood: it has a key '", key, "'"));
    }
    if (!skip(rest, ",")) {
      expect(rest, "}");
      break;
    }
  }
  check(has_type && has_order && has_shape, "its header lacks ",
        !has_type    ? "'descr'"
        : !has_order ? "'fortran_order'"
                     : "'shape'");
  return header;
}

double to_number(const NumberType& type, std::uint64_t bits) {
  if (type.kind == 'f') return float_of_bits(bits, type.bytes);
  if (type.kind != 'i') return double(bits);
  const int unused = 64 - 8 * int(type.bytes);  // the sign is moved to the top and back down
  return double(std::int64_t(bits << unused) >> unused);
}

// How far apart neighbours along each dimension are in the file.
std::array<std::size_t, 4> strides(const Shape& shape, bool fortran_order) {
  const auto& n = shape.lengths;
  if (fortran_order) return {1, n[0], n[0] * n[1], n[0] * n[1] * n[2]};
  return {n[1] * n[2] * n[3], n[2] * n[3], n[3], 1};
}

Tensor read_numbers(const Header& header, std::string_view numbers) {
  const NumberType& type = header.type;
  check_size(header.shape, type.bytes, numbers.size());
  const auto stride = strides(header.shape, header.fortran_order);
  const auto& n = header.shape.lengths;
  Tensor array(header.shape);
  std::size_t out = 0;
  for (std::size_t i = 0; i < n[0]; ++i) {
    for (std::size_t j = 0; j < n[1]; ++j) {
      for (std::size_t k = 0; k < n[2]; ++k) {
        for (std::size_t l = 0; l < n[3]; ++l) {
          const std::size_t at = i * stride[0] + j * stride[1] + k * stride[2] + l * stride[3];
          const std::uint64_t bits =
              read_unsigned(numbers, at * type.bytes, type.bytes, type.order);
          array[out++] = to_real(to_number(type, bits));
        }
      }
    }
  }
  return array;
}

Tensor parse(std::string_view bytes) {
  check(!bytes.starts_with("PK"), "is a zip archive (.npz): save the one array with numpy.save");
  check(bytes.starts_with(magic), "is no .npy file: it begins with ",
        first_bytes(bytes, magic.size()), ", expected ", first_bytes(magic, magic.size()));
  const std::size_t version_at = magic.size(), length_at = version_at + 2;
  const unsigned version =
      bytes.size() > version_at ? static_cast<unsigned char>(bytes[version_at]) : 1;
  check(version >= 1 && version <= 3, "is of version ", version, ", 1 to 3 can be read");
  const std::size_t header_at = length_at + (version == 1 ? 2 : 4);
  check(bytes.size() >= header_at, "is cut off: it has ", bytes.size(), " bytes, at least ",
        header_at, " are needed");
  const std::size_t header_size =
      std::size_t(read_unsigned(bytes, length_at, header_at - length_at, std::endian::little));
  check(header_size <= bytes.size() - header_at, "is cut off: its header has ", header_size,
        " bytes, found ", bytes.size() - header_at);
  return read_numbers(read_header(bytes.substr(header_at, header_size)),
                      bytes.substr(header_at + header_size));
}

}  // namespace

Tensor read_npy(const std::string& path) {
  const std::string bytes = read_file(path);
  check_not_gzipped(path, bytes);
  try {
    return parse(bytes);
  } catch (const Error& error) {
    throw Error(text(path, ": ", error.what()));
  }
}

Dataset read_npy_dataset(const std::string& path) {
  Dataset data{printable(std::filesystem::path(path).stem().string()), read_npy(path), {}, {}};
  const Shape shape = data.X.shape;
  check(shape.rank >= 2, path, ": its shape is ", shape,
        ", a data set needs examples × features (in numpy: x.reshape(-1, 1) for one feature)");
  check(shape[0] > 0, path, ": its shape is ", shape, ", it holds no examples");
  if (shape.rank == 3) data.image = {shape[1], shape[2]};
  data.X.shape = Shape{data.X.rows(), data.X.cols()};
  check_finite(path, data.X);
  return data;
}

void write_npy(const std::string& path, const Tensor& X) {
  check(X.rank() > 0, "write_npy: the tensor is empty, ", path, " is not written");
  std::string lengths;
  for (std::size_t d = 0; d < X.rank(); ++d) lengths += text(d == 0 ? "" : " ", X.shape[d], ",");
  if (X.rank() > 1) lengths.pop_back();  // (3,) but (3, 2)
  std::string header =
      text("{'descr': '<f", sizeof(Real), "', 'fortran_order': False, 'shape': (", lengths, "), }");
  const std::size_t before = magic.size() + 4;  // magic, version and length
  while ((before + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';

  std::string out = std::string(magic) + '\1' + '\0';
  out.reserve(before + header.size() + X.size() * sizeof(Real));
  append_little_endian(out, header.size(), 2);
  out += header;
  for (Real value : X.values) append_little_endian(out, value);
  write_file(path, out);
}

}  // namespace strata
