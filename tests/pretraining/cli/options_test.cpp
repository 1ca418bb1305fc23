// Options and the pages that they are read from.

#include <doctest/doctest.h>

#include "pretraining/cli/help_page.hpp"
#include "tests/check_close.hpp"

using namespace strata::testing;
using strata::Options;
using strata::OptionSpec;
using strata::parse_layers;
using strata::parse_rows;
using strata::RowRange;
using strata::Values;

namespace {

const std::vector<OptionSpec> specs = strata::read_specs(R"(
--epochs N [50] {[1, ∞)}  passes over the data
--rho P [0.05] {(0, 1)}  target activation
--rate X [1e-3] {[0, ∞)}  learning rate
--loss NAME [half_mse] {half_mse bce l1}  half_mse, bce or l1
--out FOLDER  where results go
--quiet  no progress bar
)");

Options read(const std::vector<std::string>& arguments) {
  return Options(specs, arguments);
}

// The text of the UsageError; another Error, or none, is a failure.
template <class Call>
std::string usage_error_of(const Call& call) {
  try {
    call();
  } catch (const strata::UsageError& error) {
    return error.what();
  }
  FAIL("no UsageError");
  return "";
}

std::string problem(const std::vector<std::string>& arguments) {
  return usage_error_of([&] { read(arguments); });
}

}  // namespace

TEST_CASE("options: values, flags, positional arguments and defaults") {
  const Options options =
      read({"model", "--epochs", "7", "--rho=0.1", "-", "--quiet", "--out=a=b", "last"});
  CHECK(options.positional() == std::vector<std::string>{"model", "-", "last"});
  CHECK(options.size("epochs") == 7);
  CHECK(options.number("rho") == 0.1);
  CHECK(options.number("rate") == 1e-3);
  CHECK(options.text("out") == "a=b");
  CHECK(options.text("loss") == "half_mse");
  CHECK(options.flag("quiet"));
  CHECK(options.given("epochs"));
  CHECK_FALSE(options.given("loss"));
  CHECK_FALSE(read({}).flag("quiet"));
  CHECK(read({"--epochs", "1", "--epochs=2"}).size("epochs") == 2);
  CHECK(read({"--out="}).given("out"));
  CHECK(read({"--out", ""}).text("out").empty());
  CHECK(read({"--", "--epochs", "--"}).positional() == std::vector<std::string>{"--epochs", "--"});
  CHECK(error_of([&] { options.text("none"); }) ==
        "options: --none is not an option of this command");
}

TEST_CASE("options: a value goes to its place where it is given, else the place stays") {
  std::size_t epochs = 9;
  double rho = 0.5, rate = 7;
  const Options options = read({"--epochs", "3", "--rho=0.25", "--loss", "bce"});
  options.read("epochs", epochs);
  options.read("rho", rho);
  options.read("rate", rate);
  CHECK(epochs == 3);
  CHECK(rho == 0.25);
  CHECK(rate == 7);
  CHECK(options.words_of(specs) ==
        std::vector<std::string>{"--epochs", "3", "--rho", "0.25", "--loss", "bce"});
  CHECK(usage_error_of([&] {
          read({"--epochs", "0"}).read("epochs", epochs);
        }) == "--epochs 0: must be a whole number of 1 or more");
}

TEST_CASE("options: what is not understood") {
  CHECK(problem({"--epoch", "3"}) == "unknown option --epoch; did you mean --epochs?");
  CHECK(problem({"-epochs", "3"}) == "unknown option -epochs; did you mean --epochs?");
  CHECK(problem({"--epohcs=3"}) == "unknown option --epohcs; did you mean --epochs?");
  CHECK(problem({"--elephants"}) == "unknown option --elephants (--help lists the options)");
  CHECK(problem({"-q"}) == "unknown option -q; did you mean --quiet?");
  CHECK(problem({"--epochs"}) == "--epochs: a value is missing (--epochs N)");
  CHECK(problem({"--epochs", "--quiet"}) == "--epochs: a value is missing (--epochs N)");
  CHECK(problem({"--epochs", "--rho=3"}) == "--epochs: a value is missing (--epochs N)");
  CHECK(problem({"--quiet=yes"}) == "--quiet=yes: --quiet takes no value");
}

TEST_CASE("options: values out of range name the option, the value and the range") {
  const auto size = [](const std::string& value, double most) {
    return usage_error_of([&] {
      read({"--epochs", value}).size("epochs", Values{.low = 1, .high = most});
    });
  };
  const double any = Values().high;
  CHECK(size("0", any) == "--epochs 0: must be a whole number of 1 or more");
  CHECK(size("-1", any) == "--epochs -1: must be a whole number of 1 or more");
  CHECK(size("2.5", any) == "--epochs 2.5: must be a whole number of 1 or more");
  CHECK(size("3x", any) == "--epochs 3x: must be a whole number of 1 or more");
  CHECK(size("", any) == "--epochs : must be a whole number of 1 or more");
  CHECK(size("99999999999999999999", any) ==
        "--epochs 99999999999999999999: must be a whole number of 1 or more");
  CHECK(size("10", 9) == "--epochs 10: must be a whole number from 1 to 9");

  const auto number = [](const std::string& value, const Values& values) {
    return usage_error_of([&] { read({"--rho", value}).number("rho", values); });
  };
  const Values unit{.low = 0, .high = 1}, from_0{.low = 0}, to_1{.high = 1};
  const Values inner{.low = 0, .high = 1, .open_low = true, .open_high = true};
  CHECK(number("1", inner) == "--rho 1: must lie in (0, 1)");
  CHECK(number("0", inner) == "--rho 0: must lie in (0, 1)");
  CHECK(number("1.5", unit) == "--rho 1.5: must lie in [0, 1]");
  CHECK(number("0", {.low = 0, .high = 1, .open_low = true}) == "--rho 0: must lie in (0, 1]");
  CHECK(number("1", {.low = 0, .high = 1, .open_high = true}) == "--rho 1: must lie in [0, 1)");
  CHECK(number("-1", from_0) == "--rho -1: must be a number of 0 or more");
  CHECK(number("0", {.low = 0, .open_low = true}) == "--rho 0: must be a number above 0");
  CHECK(number("2", to_1) == "--rho 2: must be a number of 1 or less");
  CHECK(number("1", {.high = 1, .open_high = true}) == "--rho 1: must be a number below 1");
  for (const char* value : {"nan", "inf", "x", "", "1,5", "1e999"})
    CHECK(number(value, {}) == "--rho " + std::string(value) + ": must be a number");
  const Options ends = read({"--rho", "1"});
  CHECK(ends.number("rho", unit) == 1);
  CHECK(ends.number("rho", {.low = 0, .high = 1, .open_low = true}) == 1);
  CHECK(ends.number("rho", {.low = 1, .high = 2, .open_high = true}) == 1);

  CHECK(read({"--loss", "bce"}).choice("loss") == "bce");
  CHECK(usage_error_of([] {
          read({"--loss", "mse"}).choice("loss");
        }) == "--loss mse: must be half_mse, bce or l1");
}

TEST_CASE("options: layer sizes") {
  CHECK(parse_layers("64-100-50-2") == std::vector<std::size_t>{64, 100, 50, 2});
  const auto wrong = [](const std::string& layers) {
    return usage_error_of([&] { parse_layers(layers); });
  };
  const auto expected = [](const std::string& layers, const std::string& found) {
    return "--layers " + layers + ": expected sizes like 64-100-50-2, " + found;
  };
  CHECK(wrong("64--3") == expected("64--3", "the 2nd size is empty"));
  CHECK(wrong("-3") == expected("-3", "the 1st size is empty"));
  CHECK(wrong("64-3-") == expected("64-3-", "the 3rd size is empty"));
  CHECK(wrong("") == expected("", "the 1st size is empty"));
  CHECK(wrong("64-0-2") == expected("64-0-2", "the 2nd size is 0"));
  CHECK(wrong("64-x") == expected("64-x", "found 'x' as the 2nd size"));
  CHECK(wrong("64-2.5") == expected("64-2.5", "found '2.5' as the 2nd size"));
  CHECK(wrong("64-99999999999999999999").find("as the 2nd size") != std::string::npos);
  CHECK(wrong("64") == expected("64", "found only one size"));
  CHECK(usage_error_of([] { parse_layers("1-1-1-1-1-1-1-1-1-1-a", "--x"); }) ==
        "--x 1-1-1-1-1-1-1-1-1-1-a: expected sizes like 64-100-50-2, found 'a' as the 11th size");
}

TEST_CASE("options: rows") {
  const std::size_t all = std::numeric_limits<std::size_t>::max();
  CHECK(parse_rows("10:20") == RowRange{10, 20});
  CHECK(parse_rows(":20") == RowRange{0, 20});
  CHECK(parse_rows("10:") == RowRange{10, all});
  CHECK(parse_rows(":") == RowRange{0, all});
  CHECK(parse_rows("5:5") == RowRange{5, 5});
  const std::string form =
      ": must be BEGIN:END, such as 0:100, :100 or 100: (END itself is not included)";
  for (const std::string rows : {"", "5", "a:b", "1:2:3", "-1:3", "1.5:2", "1: 2"}) {
    CHECK(usage_error_of([&] { parse_rows(rows); }) == "--rows " + rows + form);
  }
  CHECK(usage_error_of([] { parse_rows("9:3"); }) == "--rows 9:3: the end comes before the begin");
}

TEST_CASE("help page: read into its parts, and shown in columns") {
  const strata::CommandPage page = strata::read_page(R"(
strata encode MODEL [options]

Codes of a
saved model.

MODEL  a saved model

--rows A:B [:]  a help text that is long enough to be wrapped, because it has more characters than
    fit
-o, --out FILE {> .npy .csv}  where to
--quiet  no bar
)");
  CHECK(page.usage == "strata encode MODEL [options]");
  REQUIRE(page.specs.size() == 3);
  CHECK(page.specs[0].name == "rows");
  CHECK(page.specs[0].value == "A:B");
  CHECK(page.specs[0].fallback == ":");
  CHECK(page.specs[1].letter == 'o');
  CHECK(page.specs[1].name == "out");
  CHECK(page.specs[1].values.is_file);
  CHECK(page.specs[1].values.words == std::vector<std::string>{".npy", ".csv"});
  CHECK(page.specs[2].value.empty());
  CHECK(strata::help_text(page) ==
        "usage: strata encode MODEL [options]\n\nCodes of a saved model.\n\n"
        "  MODEL           a saved model\n\n"
        "  --rows A:B      a help text that is long enough to be wrapped, because it has more "
        "characters than\n"
        "                  fit [:]\n"
        "  -o, --out FILE  where to\n"
        "  --quiet         no bar\n");
}

TEST_CASE("help page: ranges") {
  const auto values = [](const std::string& range) {
    return strata::read_specs("--x X {" + range + "}  help")[0].values;
  };
  CHECK(values("(0, 1]").low == 0);
  CHECK(values("(0, 1]").high == 1);
  CHECK(values("(0, 1]").open_low);
  CHECK_FALSE(values("(0, 1]").open_high);
  CHECK(values("[1, ∞)").low == 1);
  CHECK(values("[1, ∞)").high == Values().high);
  CHECK_FALSE(values("[1, ∞)").open_low);
  CHECK(values("[2, 1e6]").high == 1e6);
}

TEST_CASE("options: the nearest word") {
  const std::vector<std::string> known{"pretrain", "train", "check", "gradients"};
  CHECK(strata::nearest_word("pretrian", known) == "pretrain");
  CHECK(strata::nearest_word("trian", known) == "train");
  CHECK(strata::nearest_word("tran", known) == "train");
  CHECK(strata::nearest_word("grad", known) == "gradients");
  CHECK(strata::nearest_word("xyz", known) == "");
  CHECK(strata::nearest_word("", known) == "");
}
