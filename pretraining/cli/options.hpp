#pragma once
// The command line. A command lists its options once, a row each (help_page.hpp); reading, checking
// and defaults follow from the list:
//   const Options options(read_specs("--epochs N [50] {[1, ∞)}  passes over the data"), words);
//   const std::size_t epochs = options.size("epochs");

#include <charconv>
#include <concepts>
#include <cstddef>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata {

/// The values that an option may have: a number in a range, one of some words, or the name of a
/// file.
struct Values {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool open_low = false, open_high = false;  // whether the ends themselves are left out
  std::vector<std::string> words{};
  bool is_file = false;  // that the command writes; the words are endings
};

struct OptionSpec {
  std::string name;           // without the dashes
  std::string value = {};     // what stands for its value in --help, such as N; a flag has none
  std::string fallback = {};  // the value when it is not given
  std::string help = {};
  Values values = {};
  char letter = 0;  // 'o': it may be written -o too
};

class Options {
 public:
  /// Reads `--name value`, `--name=value` (and -o for a spec with that letter), flags and
  /// positional arguments in any order. After `--` everything is positional; so is `-`. The last of
  /// an option given twice counts. Throws UsageError for an unknown option (with the nearest known
  /// name), a missing value, and a value given to a flag.
  Options(std::vector<OptionSpec> specs, const std::vector<std::string>& arguments);

  const std::vector<std::string>& positional() const { return positional_; }
  /// Whether it stands on the command line. A name that is not in the specs is an Error, here and
  /// below.
  bool given(const std::string& name) const;
  bool flag(const std::string& name) const { return given(name); }
  /// The value given, or the fallback.
  const std::string& text(const std::string& name) const;
  /// A whole number. Throws UsageError "--batch 0: must be a whole number of 1 or more".
  std::size_t size(const std::string& name) const { return size(name, spec(name).values); }
  /// The same in another range than its row says.
  std::size_t size(const std::string& name, const Values& values) const;
  /// A finite number. Throws UsageError "--rho 1: must lie in (0, 1)".
  double number(const std::string& name) const { return number(name, spec(name).values); }
  double number(const std::string& name, const Values& values) const;
  /// One of these words, or of its own. Throws UsageError "--loss mse: must be half_mse or bce".
  const std::string& choice(const std::string& name, const std::vector<std::string>& words) const;
  const std::string& choice(const std::string& name) const {
    return choice(name, spec(name).values.words);
  }

  /// The value goes to its place where the option is given; else the place stays as it is.
  template <class Number>
  void read(const std::string& name, Number& place) const {
    if (!given(name)) return;
    if constexpr (std::is_floating_point_v<Number>) {
      place = Number(number(name));
    } else {
      place = size(name);
    }
  }
  template <class Enum, class Words>
  void read(const std::string& name, Enum& place, const Words& words) const {
    if (given(name)) place = words.named(choice(name, words.names));
  }

  /// Those of `specs` that are given, as they stand on a command line: --rho 0.1 --tied.
  std::vector<std::string> words_of(const std::vector<OptionSpec>& specs) const;
  const std::vector<OptionSpec>& specs() const { return specs_; }
  /// What it was read from.
  const std::vector<std::string>& arguments() const { return arguments_; }

 private:
  const OptionSpec& spec(const std::string& name) const;
  std::vector<OptionSpec> specs_;
  std::vector<std::string> arguments_;
  std::map<std::string, std::string> values_;  // of the options given
  std::vector<std::string> positional_;
};

/// The whole text as a whole number; false where it is none, or does not fit.
template <std::integral Number>
bool read_number(std::string_view digits, Number& number) {
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return result.ec == std::errc() && result.ptr == digits.data() + digits.size();
}

/// Layer sizes: "64-100-50-2" is {64, 100, 50, 2}. Throws UsageError naming the place of an empty
/// or wrong size, and when there are fewer than two.
std::vector<std::size_t> parse_layers(const std::string& layers,
                                      const std::string& option = "--layers");

/// Rows begin ≤ i < end. Left out, the ends are 0 and the largest size_t ("as many as there are").
struct RowRange {
  std::size_t begin = 0, end = std::numeric_limits<std::size_t>::max();
  bool operator==(const RowRange&) const = default;
};
/// "10:20", ":20", "10:" or ":". Throws UsageError for other texts and for an end before the begin.
RowRange parse_rows(const std::string& rows);

/// The word of `known` with the smallest edit distance (Damerau 1964) to `word`, if that is at most
/// a third of its length and no more than 3 (a short word may be off by one); "" otherwise. A known
/// word that begins with `word` is near too.
std::string nearest_word(const std::string& word, const std::vector<std::string>& known);
/// "; did you mean WORD?" of the nearest, or where there is none, what else is to be said.
std::string suggestion(const std::string& word, const std::vector<std::string>& known,
                       const std::string& otherwise);

/// "64-100-2" at its dashes: 64, 100, 2. There is one piece at least.
std::vector<std::string> split(const std::string& words, char separator);

}  // namespace strata
