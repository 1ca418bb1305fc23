#include <charconv>

#include "core/check.hpp"
#include "core/data/files/csv.hpp"
#include "core/data/files/csv_cell.hpp"
#include "core/io/files.hpp"

namespace strata {

std::string csv_text(const Tensor& X, const std::vector<std::string>& header) {
  check(X.rank() > 0, "write_csv: the tensor is empty");
  std::string out;
  if (!header.empty()) {
    check(header.size() == X.cols(), "write_csv: a header of ", header.size(), " names for ",
          X.cols(), " columns");
    const std::vector<std::string_view> names(header.begin(), header.end());
    check(is_header(names),
          "write_csv: every name of the header is a number, it would be read as data");
    for (std::size_t c = 0; c < header.size(); ++c) {
      check(header[c].find_first_of("\r\n") == std::string::npos, "write_csv: name ", c,
            " of the header has a line break");
      if (c > 0) out += ',';
      const bool plain = header[c].find_first_of(",;\t\"") == std::string::npos;
      if (!plain) out += '"';
      for (char letter : header[c])
        out += letter == '"' ? std::string("\"\"") : std::string(1, letter);
      if (!plain) out += '"';
    }
    out += '\n';
  }
  char digits[64];
  for (std::size_t r = 0; r < X.rows(); ++r) {
    for (std::size_t c = 0; c < X.cols(); ++c) {
      if (c > 0) out += ',';
      out.append(digits, std::to_chars(digits, digits + sizeof digits, X(r, c)).ptr);
    }
    out += '\n';
  }
  return out;
}

void write_csv(const std::string& path, const Tensor& X, const std::vector<std::string>& header) {
  write_file(path, csv_text(X, header));
}

}  // namespace strata
