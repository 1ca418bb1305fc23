#include "core/data/files/idx.hpp"

#include <array>
#include <filesystem>
#include <set>

#include "core/io/bytes.hpp"
#include "core/io/files.hpp"
#include "core/io/utf8.hpp"

namespace strata {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t magic_size = 4, length_size = 4;
constexpr unsigned unsigned_byte = 0x08;

// The names of the types that are not read.
std::string type_name(unsigned code) {
  switch (code) {
    case 0x09:
      return "signed bytes";
    case 0x0B:
      return "16-bit integers";
    case 0x0C:
      return "32-bit integers";
    case 0x0D:
      return "32-bit floats";
    case 0x0E:
      return "64-bit floats";
    default:
      return "numbers of an unknown type";
  }
}

Shape shape_in_header(std::string_view bytes) {
  check(bytes.size() >= magic_size, "is no IDX file: it has ", bytes.size(), " bytes, at least ",
        magic_size, " are needed");
  check(bytes[0] == 0 && bytes[1] == 0, "is no IDX file: it begins with ",
        first_bytes(bytes, magic_size), ", expected 00 00 08 and the rank");
  const unsigned type = static_cast<unsigned char>(bytes[2]),
                 rank = static_cast<unsigned char>(bytes[3]);
  check(type == unsigned_byte, "holds ", type_name(type), " (type code ",
        first_bytes(bytes.substr(2), 1), "), only unsigned bytes (08) are read");
  check(rank >= 1 && rank <= 4, "has rank ", rank, " (its first bytes are ",
        first_bytes(bytes, magic_size), "), 1 to 4 can be read");
  check(bytes.size() >= magic_size + rank * length_size, "is cut off: a header of rank ", rank,
        " needs ", magic_size + rank * length_size, " bytes, found ", bytes.size());

  Shape shape;
  for (std::size_t at = magic_size; shape.rank < rank; at += length_size) {
    const std::size_t length = std::size_t(read_unsigned(bytes, at, length_size, std::endian::big));
    check(length > 0, shape.rank == 0 ? "holds no examples" : "has a dimension of length 0",
          " (dimension ", shape.rank, " of ", rank, ", counted from 0)");
    shape.lengths[shape.rank++] = length;
  }
  return shape;
}

// The numbers of the file, each divided by `divisor`.
Tensor read_divided(const std::string& path, int divisor) {
  const std::string bytes = read_file(path);
  check_not_gzipped(path, bytes);
  try {
    const Shape shape = shape_in_header(bytes);
    const std::size_t header_size = magic_size + shape.rank * length_size;
    check_size(shape, 1, bytes.size() - header_size);

    std::array<Real, 256> quotient;
    for (std::size_t byte = 0; byte < 256; ++byte) quotient[byte] = Real(byte) / Real(divisor);
    Tensor numbers(shape);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      numbers[i] = quotient[static_cast<unsigned char>(bytes[header_size + i])];
    }
    return numbers;
  } catch (const Error& error) {
    throw Error(text(path, ": ", error.what()));
  }
}

// The names of the files in a folder. Its subfolders are left out: some archives unpack each file
// into a folder of the same name.
std::set<std::string> file_names(const std::string& folder) {
  std::error_code failure;
  check(fs::exists(folder, failure), folder, ": no such folder");
  check(fs::is_directory(folder, failure), folder, ": is no folder of IDX files");
  std::set<std::string> names;
  for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    std::error_code unknown;
    if (!fs::is_directory(entry->path(), unknown)) names.insert(entry->path().filename().string());
  }
  check(!failure, folder, ": cannot be read (", failure.message(), ")");
  return names;
}

bool is_called(const std::string& name, const std::string& ending) {
  return name == ending || name.ends_with("-" + ending);
}

// "train", "images" and "idx3": train-images-idx3-ubyte or PREFIX-train-images.idx3-ubyte.
std::string find_file(const std::string& folder, const std::set<std::string>& names,
                      const std::vector<std::string>& parts, const std::string& what,
                      const std::string& rank) {
  std::vector<std::string> found;
  std::string gzipped;
  for (const std::string& name : names) {
    for (const std::string& part : parts) {
      for (const char* mark : {"-", "."}) {
        const std::string ending = part + "-" + what + mark + rank + "-ubyte";
        if (is_called(name, ending)) found.push_back(name);
        if (is_called(name, ending + ".gz")) gzipped = name;
      }
    }
  }
  const std::string expected = parts[0] + "-" + what + "-" + rank + "-ubyte";
  check(!found.empty() || gzipped.empty(), folder, "/", gzipped, ": is gzipped: gunzip ", folder,
        "/*.gz");
  check(!found.empty(), folder, ": there is no file ", expected, " (nor NAME-", expected,
        ") in this folder");
  check(found.size() == 1, folder, ": both ", found.front(), " and ", found.back(),
        " are there; keep one data set in a folder");
  return found.front();
}

// The two files of one part.
struct IdxFiles {
  std::string images, labels;
};

// "emnist-letters-" for emnist-letters-test-labels-idx1-ubyte
std::string prefix_of(const std::string& name, const std::string& what) {
  const std::size_t end_of_part = name.rfind("-" + what);
  const std::size_t end_of_prefix = name.rfind('-', end_of_part - 1);
  return end_of_prefix == std::string::npos ? "" : name.substr(0, end_of_prefix + 1);
}

IdxFiles find_files(const std::string& folder, IdxPart part) {
  const std::set<std::string> names = file_names(folder);
  const std::vector<std::string> parts = part == IdxPart::train
                                             ? std::vector<std::string>{"train"}
                                             : std::vector<std::string>{"t10k", "test"};
  const IdxFiles files = {find_file(folder, names, parts, "images", "idx3"),
                          find_file(folder, names, parts, "labels", "idx1")};
  check(prefix_of(files.images, "images") == prefix_of(files.labels, "labels"), folder, ": ",
        files.images, " and ", files.labels, " are of two data sets; keep one in a folder");
  return files;
}

std::string name_of(const std::string& folder) {
  const fs::path path = fs::path(folder).lexically_normal();
  const fs::path name = path.has_filename() ? path.filename() : path.parent_path().filename();
  return printable(name.string());
}

}  // namespace

Tensor read_idx(const std::string& path) {
  return read_divided(path, 1);
}

Dataset read_idx_folder(const std::string& folder, IdxPart part) {
  const IdxFiles files = find_files(folder, part);
  const std::string images_path = (fs::path(folder) / files.images).string();
  const std::string labels_path = (fs::path(folder) / files.labels).string();

  Dataset data{name_of(folder), read_divided(images_path, 255), {}, {}};
  check(data.X.rank() == 3, images_path, ": its shape is ", data.X.shape,
        ", expected examples × height × width");
  data.image = {data.X.shape[1], data.X.shape[2]};
  data.X.shape = Shape{data.X.rows(), data.X.cols()};

  const Tensor labels = read_idx(labels_path);
  check(labels.rank() == 1, labels_path, ": its shape is ", labels.shape,
        ", expected one label an example");
  check(labels.size() == data.size(), labels_path, ": holds ", labels.size(), " labels, but ",
        images_path, " holds ", data.size(), " images");
  for (Real label : labels.values) data.labels.push_back(int(label));
  return data;
}

TrainTest load_idx_folder(const std::string& folder) {
  const IdxFiles train = find_files(folder, IdxPart::train),
                 test = find_files(folder, IdxPart::test);
  check(prefix_of(train.images, "images") == prefix_of(test.images, "images"), folder, ": ",
        train.images, " and ", test.images, " are of two data sets; keep one in a folder");
  TrainTest data{read_idx_folder(folder, IdxPart::train), read_idx_folder(folder, IdxPart::test)};
  check(data.train.image == data.test.image, folder, ": training images are ",
        data.train.image.height, "×", data.train.image.width, " but test images are ",
        data.test.image.height, "×", data.test.image.width);
  return data;
}

}  // namespace strata
