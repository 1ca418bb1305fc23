#pragma once
// The command line. A command lists its options once; reading, checking, defaults and --help all
// follow from the list:
//   const std::vector<OptionSpec> specs{{"epochs", "N", "50", "passes over the data"},
//                                       {"quiet", "", "", "no progress bar"}};
//   const Options options(specs, {argv + 2, argv + argc});
//   const std::size_t epochs = options.size("epochs", 1);

#include <cstddef>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace strata {

struct OptionSpec {
  std::string name;  // without the dashes
  // What stands for its value in --help, such as N; empty: a flag, which takes none
  std::string value = {};
  std::string fallback = {};  // the value when it is not given
  std::string help = {};
  char letter = 0;  // 'o': it may be written -o too
};

/// Whether the ends of a range belong to it.
// [low, high], (low, high), (low, high], [low, high)
enum class Ends { closed, open, open_low, open_high };

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
  std::size_t size(const std::string& name, std::size_t least = 0,
                   std::size_t most = std::numeric_limits<std::size_t>::max()) const;
  /// A finite number. Throws UsageError "--rho 1: must lie in (0, 1)".
  double number(const std::string& name, double low = -std::numeric_limits<double>::infinity(),
                double high = std::numeric_limits<double>::infinity(),
                Ends ends = Ends::closed) const;
  /// One of the words. Throws UsageError "--loss mse: must be half_mse or bce".
  const std::string& choice(const std::string& name, const std::vector<std::string>& words) const;

 private:
  const OptionSpec& spec(const std::string& name) const;
  std::vector<OptionSpec> specs_;
  std::map<std::string, std::string> values_;  // of the options given
  std::vector<std::string> positional_;
};

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
RowRange parse_rows(const std::string& rows, const std::string& option = "--rows");

/// The text of --help: "usage: " and the command line, the summary, the positional arguments (name
/// and help), and the options with their defaults, in columns and wrapped at 100 characters.
std::string usage_text(const std::string& command_line, const std::string& summary,
                       const std::vector<std::pair<std::string, std::string>>& positional,
                       const std::vector<OptionSpec>& specs);

/// The word of `known` with the smallest edit distance (Damerau 1964) to `word`, if that is at most
/// a third of its length and no more than 3 (a short word may be off by one); "" otherwise. A known
/// word that begins with `word` is near too.
std::string nearest_word(const std::string& word, const std::vector<std::string>& known);

}  // namespace strata
