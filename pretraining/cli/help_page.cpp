#include "pretraining/cli/help_page.hpp"

#include <algorithm>
#include <limits>
#include <sstream>

#include "core/io/utf8.hpp"

namespace strata {
namespace {

using Row = std::pair<std::string, std::string>;  // head and help

std::vector<Row> rows_of(const std::string& text) {
  std::vector<Row> rows;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    const std::size_t gap = line.find("  ");
    if (gap == 0) {
      rows.back().second += " " + line.substr(line.find_first_not_of(' '));
    } else {
      rows.emplace_back(line.substr(0, gap), gap == std::string::npos ? "" : line.substr(gap + 2));
    }
  }
  return rows;
}

// Takes "[…]" or "{…}" out of a row's head; "" where there is none.
std::string take(std::string& head, const char* open, const char* close) {
  const std::size_t begin = head.find(open);
  if (begin == std::string::npos) return "";
  const std::size_t end = head.rfind(close);
  const std::string inside = head.substr(begin + 2, end - begin - 2);
  head.erase(begin, end + 1 - begin);
  return inside;
}

// "(0, 1)", "half_mse bce", "> .npy .csv"
Values values_of(const std::string& text) {
  Values values;
  if (text.starts_with("[") || text.starts_with("(")) {
    const std::size_t comma = text.find(", ");
    const std::string high = text.substr(comma + 2, text.size() - comma - 3);
    values.low = std::stod(text.substr(1));
    values.high = high == "∞" ? std::numeric_limits<double>::infinity() : std::stod(high);
    values.open_low = text.starts_with("(");
    values.open_high = text.ends_with(")");
    return values;
  }
  std::istringstream words(text);
  for (std::string word; words >> word;) values.words.push_back(word);
  values.is_file = text.starts_with(">");
  std::erase(values.words, ">");
  return values;
}

OptionSpec spec_of(const Row& row) {
  OptionSpec spec;
  std::string head = row.first;
  spec.values = values_of(take(head, " {", "}"));
  spec.fallback = take(head, " [", "]");
  spec.help = row.second;
  if (head[1] != '-') {  // -o, --out
    spec.letter = head[1];
    head.erase(0, 4);
  }
  const std::size_t blank = head.find(' ');
  spec.name = head.substr(2, blank - 2);
  if (blank != std::string::npos) spec.value = head.substr(blank + 1);
  return spec;
}

}  // namespace

CommandPage read_page(const std::string& page) {
  const std::size_t usage_end = page.find("\n\n");
  const std::size_t summary_end = page.find("\n\n", usage_end + 2);
  CommandPage read;
  read.usage = page.substr(1, usage_end - 1);  // behind the line's end that begins a raw string
  read.summary = page.substr(usage_end + 2, summary_end - usage_end - 2);
  for (const Row& row : rows_of(page.substr(summary_end))) {
    if (row.first.starts_with("-")) {
      read.specs.push_back(spec_of(row));
    } else {
      read.positional.push_back(row);
    }
  }
  return read;
}

std::vector<OptionSpec> read_specs(const std::string& rows) {
  std::vector<OptionSpec> specs;
  for (const Row& row : rows_of(rows)) specs.push_back(spec_of(row));
  return specs;
}

std::string wrapped(const std::string& words, std::size_t width, std::size_t indent,
                    std::size_t column) {
  std::string result;
  std::istringstream in(words);
  for (std::string word; in >> word;) {
    const std::size_t length = display_width(word);
    if (!result.empty() && column + 1 + length > width) {
      result += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (!result.empty()) {
      result += ' ';
      ++column;
    }
    result += word;
    column += length;
  }
  return result;
}

std::string help_text(const CommandPage& page) {
  std::vector<Row> options;
  for (const OptionSpec& option : page.specs) {
    const std::string fallback = option.fallback.empty() ? "" : " [" + option.fallback + "]";
    const std::string letter = option.letter == 0 ? "" : std::string{'-', option.letter, ',', ' '};
    options.emplace_back(
        letter + "--" + option.name + (option.value.empty() ? "" : " " + option.value),
        option.help + fallback);
  }
  std::size_t widest = 0;
  for (const auto& list : {page.positional, options}) {
    for (const auto& [name, help] : list) widest = std::max(widest, count_characters(name));
  }
  std::string out = "usage: " + page.usage + "\n\n" + wrapped(page.summary, screen_width, 0) + "\n";
  for (const auto& list : {page.positional, options}) {
    if (!list.empty()) out += '\n';
    for (const auto& [name, help] : list) {
      out += "  " + name + std::string(widest - count_characters(name) + 2, ' ') +
             wrapped(help, screen_width, widest + 4, widest + 4) + "\n";
    }
  }
  return out;
}

}  // namespace strata
