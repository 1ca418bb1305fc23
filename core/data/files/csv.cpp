#include "core/data/files/csv.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <limits>

#include "core/io/bytes.hpp"
#include "core/io/decimal.hpp"
#include "core/io/files.hpp"
#include "core/io/utf8.hpp"

namespace strata {
namespace {

// ---- a cell: what reading and writing must agree on

// The cell without the spaces and tabs around it.
std::string_view trimmed(std::string_view cell) {
  while (!cell.empty() && (cell.front() == ' ' || cell.front() == '\t')) cell.remove_prefix(1);
  while (!cell.empty() && (cell.back() == ' ' || cell.back() == '\t')) cell.remove_suffix(1);
  return cell;
}

// What a quoted cell stands for: "say ""a""" is say "a". Other cells stand for themselves.
std::string unquoted(std::string_view cell) {
  if (cell.size() < 2 || !cell.starts_with('"') || !cell.ends_with('"')) return std::string(cell);
  std::string name;
  for (std::size_t i = 1; i + 1 < cell.size(); ++i) {
    name += cell[i];
    if (cell[i] == '"' && cell[i + 1] == '"') ++i;
  }
  return name;
}

enum class ParsedCell { number, out_of_range, text };

// The number in a cell, which may be quoted. A number too small for a double is rounded to 0; a
// number beyond the range of Real, infinity and NaN are out of range.
ParsedCell parse_cell(std::string_view cell, double& number) {
  if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"')
    cell = trimmed(cell.substr(1, cell.size() - 2));
  if (cell.size() >= 2 && cell[0] == '+' && cell[1] != '-')
    cell.remove_prefix(1);  // parse_decimal takes no plus sign
  const std::optional<double> parsed = parse_decimal(cell);
  number = parsed.value_or(0);
  if (!parsed) return ParsedCell::text;
  // infinite and nan do not fit either
  return std::isfinite(Real(number)) ? ParsedCell::number : ParsedCell::out_of_range;
}

// Whether a line of these cells is a header: one of them is neither empty nor a number.
bool is_header(const std::vector<std::string_view>& cells) {
  double number;
  return std::any_of(cells.begin(), cells.end(), [&](std::string_view cell) {
    return !unquoted(cell).empty() && parse_cell(cell, number) == ParsedCell::text;
  });
}

// ---- reading

constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

// Where the reader is: the lines that are left, and the number (from 1) of the line read last.
struct Lines {
  std::string path;
  std::string_view rest;
  char separator = ',';
  std::size_t number = 0;
};

// The next line, without its end.
std::string_view next_line(Lines& lines) {
  const std::size_t end = std::min(lines.rest.find('\n'), lines.rest.size());
  std::string_view line = lines.rest.substr(0, end);
  lines.rest.remove_prefix(std::min(end + 1, lines.rest.size()));
  ++lines.number;
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \r") == std::string_view::npos;
}

char find_separator(std::string_view first_line) {
  bool quoted = false, semicolon = false;
  for (char c : first_line) {
    if (c == '"') quoted = !quoted;
    if (!quoted && c == '\t') return '\t';
    if (!quoted && c == ';') semicolon = true;
  }
  return semicolon ? ';' : ',';
}

// The cells of a line without the spaces around them. A separator between quotes belongs to its
// cell.
void split(const Lines& lines, std::string_view line, std::vector<std::string_view>& cells) {
  cells.clear();
  std::size_t begin = 0;
  bool quoted = false;
  for (std::size_t at = 0; at <= line.size(); ++at) {
    if (at < line.size() && line[at] == '"') quoted = !quoted;
    if (at == line.size() || (line[at] == lines.separator && !quoted)) {
      cells.push_back(trimmed(line.substr(begin, at - begin)));
      begin = at + 1;
    }
  }
  check(!quoted, lines.path, ":", lines.number, ":", cells.size(),
        ": a quote is opened but not closed on this line");
}

// The cell as an error message shows it: on one line, not too long, cut between characters.
std::string shown(std::string_view cell) {
  std::size_t length = std::min<std::size_t>(cell.size(), 40);
  while (length > 0 && length < cell.size() && (cell[length] & 0xC0) == 0x80) --length;
  const std::string name = unquoted(cell.substr(0, length));
  return "\"" + name + (length < cell.size() ? "…\"" : "\"");
}

struct Columns {
  std::vector<std::string> names;  // none without a header
  std::size_t count = 0;
  std::size_t label = none;  // which of them holds the labels
};

std::string place(const Lines& lines, const Columns& columns, std::size_t column) {
  const std::string name =
      columns.names.empty() ? "" : " (column " + shown(columns.names[column]) + ")";
  return text(lines.path, ":", lines.number, ":", column + 1, name, ": ");
}

double read_number(const Lines& lines, const Columns& columns, std::size_t column,
                   std::string_view cell) {
  double number = 0;
  const ParsedCell parsed = parse_cell(cell, number);
  if (parsed == ParsedCell::number) return number;
  const std::string at = place(lines, columns, column);
  check(!unquoted(cell).empty(), at, "the cell is empty, expected a number");
  check(parsed == ParsedCell::text, at, shown(cell), " is not a finite number that a ", real_name,
        " can hold (put one there, or leave the row out)");
  const bool decimal_comma = lines.separator != ',' && cell.find(',') != std::string_view::npos;
  throw Error(text(at, shown(cell), " is not a number",
                   decimal_comma ? " (write a decimal point, not a comma)"
                   : columns.count == 1
                       ? " (cells are separated by commas, semicolons or tabs)"
                       : " (of a column of words: number them 0, 1, 2, …, or leave it out)"));
}

int read_label(const Lines& lines, const Columns& columns, std::string_view cell) {
  double label = 0;
  const ParsedCell parsed = parse_cell(cell, label);
  if (parsed == ParsedCell::text && !cell.empty()) {
    throw Error(
        text(place(lines, columns, columns.label), "the label ", shown(cell),
             " is not a whole number (number the classes 0, 1, 2, …, or leave the column out)"));
  }
  // Throws, and says why
  if (parsed != ParsedCell::number) read_number(lines, columns, columns.label, cell);
  const bool is_int =
      label == std::floor(label) && std::abs(label) <= std::numeric_limits<int>::max();
  if (is_int) return int(label);
  throw Error(
      text(place(lines, columns, columns.label), "the label ", shown(cell), " is not an integer"));
}

std::string lower_case(std::string name) {
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  }
  return name;
}

std::size_t find_label(const Lines& lines, const std::vector<std::string>& names) {
  std::vector<std::string> spelled;
  for (const std::string& name : names) spelled.push_back(lower_case(name));
  const bool coordinates = std::find(spelled.begin(), spelled.end(), "x") != spelled.end();
  std::size_t label = none;
  for (std::size_t c = 0; c < names.size(); ++c) {
    const std::string& name = spelled[c];
    const bool is_label = name == "label" || name == "class" || name == "digit" ||
                          name == "target" || (name == "y" && !coordinates);
    check(!is_label || label == none, lines.path, ":", lines.number, ":", c + 1,
          ": there are two columns of labels, \"", is_label && label != none ? names[label] : "",
          "\" and \"", names[c], "\" (rename one)");
    if (is_label) label = c;
  }
  check(label == none || names.size() > 1, lines.path, ": has labels only, and no other column");
  return label;
}

// Goes to the next line and returns false at the end of the table.
bool next_row(Lines& lines, std::string_view& line) {
  if (lines.rest.empty()) return false;
  line = next_line(lines);
  if (!is_blank(line)) return true;
  const std::size_t blank = lines.number;
  while (!lines.rest.empty()) {
    check(is_blank(next_line(lines)), lines.path, ":", blank, ":1: a blank line between others");
  }
  return false;
}

void read_row(const Lines& lines, const Columns& columns,
              const std::vector<std::string_view>& cells, std::vector<Real>& values,
              std::vector<int>& labels) {
  check(cells.size() == columns.count, lines.path, ":", lines.number, ":",
        std::min(cells.size(), columns.count) + 1, ": the line has ", cells.size(),
        " cells, expected ", columns.count, " as in the first line");
  for (std::size_t c = 0; c < cells.size(); ++c) {
    if (c == columns.label) {
      labels.push_back(read_label(lines, columns, cells[c]));
    } else {
      values.push_back(Real(read_number(lines, columns, c, cells[c])));
    }
  }
}

}  // namespace

Dataset read_csv(const std::string& path) {
  const std::string bytes = read_file(path);
  std::string_view content = bytes;
  if (content.starts_with("\xEF\xBB\xBF")) content.remove_prefix(3);  // the mark of UTF-8
  check_not_gzipped(path, content);
  check(!content.starts_with("\xFF\xFE") && !content.starts_with("\xFE\xFF"), path,
        ": is text in UTF-16: save it as UTF-8");

  Lines lines{path, content};
  std::string_view line;
  check(next_row(lines, line), path, ": is empty");
  lines.separator = find_separator(line);
  std::vector<std::string_view> cells;
  split(lines, line, cells);
  Columns columns{{}, cells.size(), none};
  bool more = true;
  if (is_header(cells)) {
    for (std::string_view cell : cells) columns.names.push_back(unquoted(cell));
    columns.label = find_label(lines, columns.names);
    more = next_row(lines, line);
    check(more, path, ": has a header but no rows");
  }

  Dataset data{printable(std::filesystem::path(path).stem().string()), {}, {}, {}};
  std::vector<Real> values;
  const std::size_t line_breaks = std::size_t(std::count(content.begin(), content.end(), '\n'));
  values.reserve(
      // A cell has two bytes or more
      std::min((line_breaks + 1) * columns.count, content.size() / 2 + 1));
  std::size_t n = 0;
  for (; more; more = next_row(lines, line), ++n) {
    split(lines, line, cells);
    read_row(lines, columns, cells, values, data.labels);
  }
  data.X = Tensor({n, columns.count - (columns.label == none ? 0 : 1)}, std::move(values));
  return data;
}

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
