#include "pretraining/cli/options.hpp"

#include <algorithm>
#include <cmath>

#include "core/check.hpp"
#include "core/io/decimal.hpp"

namespace strata {
namespace {

template <class... Parts>
void check_usage(bool condition, const Parts&... parts) {
  if (!condition) throw UsageError(text(parts...));
}

// How many letters must be put in, left out, changed or swapped with their neighbour (Damerau
// 1964).
std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> D(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        D[i][j] = i + j;
        continue;
      }
      const std::size_t changed = D[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      D[i][j] = std::min({changed, D[i - 1][j] + 1, D[i][j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) D[i][j] = std::min(D[i][j], D[i - 2][j - 2] + 1);
    }
  }
  return D[a.size()][b.size()];
}

// "--out" for "-o" where a spec has that letter; other names as they are.
std::string full_name(const std::string& name, const std::vector<OptionSpec>& specs) {
  for (const OptionSpec& option : specs) {
    if (name.size() == 2 && option.letter != 0 && name[1] == option.letter)
      return "--" + option.name;
  }
  return name;
}

std::string ordinal(std::size_t n) {
  const bool teens = n % 100 >= 11 && n % 100 <= 13;
  const char* ending = teens         ? "th"
                       : n % 10 == 1 ? "st"
                       : n % 10 == 2 ? "nd"
                       : n % 10 == 3 ? "rd"
                                     : "th";
  return text(n, ending);
}

std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    out += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  }
  return out;
}

// "must lie in (0, 1]", "must be a number above 0", …
std::string range_text(const Values& values) {
  const double low = values.low, high = values.high;
  const bool open_low = values.open_low, open_high = values.open_high;
  const bool has_low = std::isfinite(low), has_high = std::isfinite(high);
  if (has_low && has_high)
    return text("must lie in ", open_low ? "(" : "[", low, ", ", high, open_high ? ")" : "]");
  if (has_low)
    return open_low ? text("must be a number above ", low)
                    : text("must be a number of ", low, " or more");
  if (has_high)
    return open_high ? text("must be a number below ", high)
                     : text("must be a number of ", high, " or less");
  return "must be a number";
}

}  // namespace

std::string nearest_word(const std::string& word, const std::vector<std::string>& known) {
  const std::size_t farthest = std::clamp<std::size_t>(word.size() / 3, 1, 3);
  std::string nearest;
  std::size_t least = farthest + 1;
  for (const std::string& candidate : known) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  if (!nearest.empty() || word.size() < 2) return nearest;
  const auto longer =
      std::find_if(known.begin(), known.end(), [&](const auto& k) { return k.starts_with(word); });
  return longer == known.end() ? "" : *longer;
}

std::string suggestion(const std::string& word, const std::vector<std::string>& known,
                       const std::string& otherwise) {
  const std::string near = nearest_word(word, known);
  return near.empty() ? otherwise : "; did you mean " + near + "?";
}

std::vector<std::string> split(const std::string& words, char separator) {
  std::vector<std::string> pieces = {""};
  for (const char c : words) {
    if (c == separator) {
      pieces.push_back("");
    } else {
      pieces.back() += c;
    }
  }
  return pieces;
}

// What PyTorch, Keras, scikit-learn and others call an option, in the words of this program: the
// first of `here` that the command has.
static std::string called_here(std::string name, const std::vector<std::string>& names) {
  struct Synonyms {
    const char *there, *here;
  };
  static constexpr Synonyms synonyms[] = {
      {"lr learning-rate learning-rate-init eta step-size", "--rate"},
      {"batch-size minibatch mini-batch minibatch-size bs", "--batch"},
      {"num-epochs n-epochs nb-epoch max-epochs max-iter n-iter iterations", "--epochs"},
      {"latent latent-dim latent-size bottleneck bottleneck-size bottleneck-dim code-size code-dim "
       "encoding-dim embedding-dim n-components num-components hidden-dim hidden-size hidden-units "
       "n-hidden num-hidden",
       "--hidden --layers"},
      {"hidden hidden-layers hidden-layer-sizes layer-sizes num-layers n-layers architecture",
       "--layers"},
      {"layers", "--hidden"},
      {"activation act nonlinearity", "--hidden-activation"},
      {"output-activation final-activation", "--output"},
      {"code-activation", "--code"},
      {"l2 l2-reg weight-decay wd alpha lambda", "--decay --weight-cost"},
      {"decay", "--weight-cost"},
      {"optim solver momentum", "--optimizer"},
      {"scheduler lr-scheduler lr-schedule learning-rate-schedule", "--schedule"},
      {"clip-norm clip-grad grad-clip clip-grad-norm gradient-clipping max-grad-norm", "--clip"},
      {"early-stopping n-iter-no-change", "--patience"},
      {"criterion loss-function loss-fn", "--loss"},
      {"dropout-rate dropout-prob drop-prob", "--dropout"},
      {"noise-level noise-factor noise-std noise-amount", "--noise"},
      {"sparsity sparsity-target target-sparsity", "--rho"},
      {"kl-weight sparsity-weight", "--beta"},
      {"tied-weights tie-weights", "--tied"},
      {"k cd-k cd-steps gibbs-steps", "--cd"},
      {"channels num-filters", "--filters"},
      {"k n-neighbors", "--neighbours"},
      {"normalize normalise standardize standardise scaler scaling", "--scale"},
      {"dataset data-dir data-path input train-data", "--data"},
      {"initializer kernel-initializer weight-init", "--init"},
      {"n-samples num-samples", "--count"},
      {"random-state random-seed manual-seed", "--seed"},
      {"num-threads n-threads n-jobs num-workers workers", "--threads"},
      {"output-dir out-dir save-dir log-dir logdir results-dir output", "--out"},
      {"save-model model-out save-path output-file", "--save"},
      {"resume-from load-checkpoint", "--resume"},
      {"silent no-progress", "--quiet"}};
  const auto holds = [](const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  std::replace(name.begin(), name.end(), '_', '-');
  for (const auto& [there, here] : synonyms) {
    if (!holds(split(there, ' '), name.substr(2))) continue;
    for (const std::string& option : split(here, ' ')) {
      if (holds(names, option)) return option;
    }
  }
  return name;
}

Options::Options(std::vector<OptionSpec> specs, const std::vector<std::string>& arguments)
    : specs_(std::move(specs)), arguments_(arguments) {
  std::vector<std::string> names;
  for (const OptionSpec& option : specs_) names.push_back("--" + option.name);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--") {
      positional_.insert(positional_.end(), arguments.begin() + std::ptrdiff_t(i) + 1,
                         arguments.end());
      return;
    }
    if (argument.size() < 2 || argument[0] != '-') {
      positional_.push_back(argument);
      continue;
    }
    const std::size_t equals = argument.find('=');
    const bool has_value = equals != std::string::npos;
    const std::string name = full_name(argument.substr(0, equals), specs_);
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      // -epochs for --epochs is as near as can be.
      throw UsageError("unknown option " + name +
                       suggestion(called_here(name.starts_with("--") ? name : "-" + name, names),
                                  names, " (--help lists the options)"));
    }
    const OptionSpec& option = specs_[std::size_t(found - names.begin())];
    if (option.value.empty()) {
      check_usage(!has_value, argument, ": ", name, " takes no value");
      values_[option.name] = "given";
    } else if (has_value) {
      values_[option.name] = argument.substr(equals + 1);
    } else {
      // A value may begin with a dash (--rows -5, --rate -1 are then refused by their own checks),
      // but is no option.
      const bool missing =
          i + 1 == arguments.size() ||
          std::find(names.begin(), names.end(),
                    arguments[i + 1].substr(0, arguments[i + 1].find('='))) != names.end();
      check_usage(!missing, name, ": a value is missing (", name, " ", option.value, ")");
      values_[option.name] = arguments[++i];
    }
  }
}

const OptionSpec& Options::spec(const std::string& name) const {
  const auto found = std::find_if(specs_.begin(), specs_.end(),
                                  [&](const auto& option) { return option.name == name; });
  check(found != specs_.end(), "options: --", name, " is not an option of this command");
  return *found;
}

bool Options::given(const std::string& name) const {
  return values_.contains(spec(name).name);
}

const std::string& Options::text(const std::string& name) const {
  const OptionSpec& option = spec(name);
  const auto found = values_.find(name);
  return found == values_.end() ? option.fallback : found->second;
}

std::size_t Options::size(const std::string& name, const Values& values) const {
  const std::string& value = text(name);
  constexpr std::size_t any = std::numeric_limits<std::size_t>::max();
  const std::size_t low = std::size_t(std::max(values.low, 0.0));
  const std::size_t high = std::isfinite(values.high) ? std::size_t(values.high) : any;
  std::size_t size = 0;
  check_usage(read_number(value, size) && size >= low && size <= high, "--", name, " ", value,
              ": must be a whole number ",
              high == any ? strata::text("of ", low, " or more")
                          : strata::text("from ", low, " to ", high));
  return size;
}

double Options::number(const std::string& name, const Values& values) const {
  const std::string& value = text(name);
  const double number = parse_decimal(value).value_or(std::nan(""));
  const bool good = std::isfinite(number) &&
                    (values.open_low ? number > values.low : number >= values.low) &&
                    (values.open_high ? number < values.high : number <= values.high);
  check_usage(good, "--", name, " ", value, ": ", range_text(values));
  return number;
}

const std::string& Options::choice(const std::string& name,
                                   const std::vector<std::string>& words) const {
  const std::string& value = text(name);
  const bool good = std::find(words.begin(), words.end(), value) != words.end();
  check_usage(good, "--", name, " ", value, ": must be ", listed(words));
  return value;
}

std::vector<std::string> Options::words_of(const std::vector<OptionSpec>& specs) const {
  std::vector<std::string> words;
  for (const OptionSpec& option : specs) {
    if (!given(option.name)) continue;
    words.push_back("--" + option.name);
    if (!option.value.empty()) words.push_back(text(option.name));
  }
  return words;
}

std::vector<std::size_t> parse_layers(const std::string& layers, const std::string& option) {
  const std::string wrong = option + " " + layers + ": expected sizes like 64-100-50-2, ";
  std::vector<std::size_t> sizes;
  for (const std::string& digits : split(layers, '-')) {
    const std::string place = ordinal(sizes.size() + 1);
    std::size_t size = 0;
    check_usage(!digits.empty(), wrong, "the ", place, " size is empty");
    check_usage(read_number(digits, size), wrong, "found '", digits, "' as the ", place, " size");
    check_usage(size > 0, wrong, "the ", place, " size is 0");
    sizes.push_back(size);
  }
  check_usage(sizes.size() >= 2, wrong, "found only one size");
  return sizes;
}

RowRange parse_rows(const std::string& rows) {
  const std::size_t colon = rows.find(':');
  const std::string first = rows.substr(0, colon);
  const std::string last = colon == std::string::npos ? "" : rows.substr(colon + 1);
  RowRange range;
  const bool good = colon != std::string::npos &&
                    (first.empty() || read_number(first, range.begin)) &&
                    (last.empty() || read_number(last, range.end));
  check_usage(good, "--rows ", rows,
              ": must be BEGIN:END, such as 0:100, :100 or 100: (END itself is not included)");
  check_usage(range.begin <= range.end, "--rows ", rows, ": the end comes before the begin");
  return range;
}

}  // namespace strata
