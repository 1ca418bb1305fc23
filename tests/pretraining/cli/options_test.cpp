#include "pretraining/cli/options.hpp"

#include <doctest/doctest.h>

#include "tests/check_close.hpp"

using namespace strata::testing;
using strata::Ends;
using strata::Options;
using strata::OptionSpec;
using strata::parse_layers;
using strata::parse_rows;
using strata::RowRange;

namespace {

const std::vector<OptionSpec> specs{
    {"epochs", "N", "50", "passes over the data"}, {"rho", "P", "0.05", "target activation"},
    {"rate", "X", "1e-3", "learning rate"},        {"loss", "NAME", "half_mse", "half_mse or bce"},
    {"out", "FOLDER", "", "where results go"},     {"quiet", "", "", "no progress bar"}};

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
  CHECK(options.size("epochs", 1) == 7);
  CHECK(options.number("rho", 0, 1, Ends::open) == 0.1);
  CHECK(options.number("rate", 0) == 1e-3);
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

TEST_CASE("options: what is not understood") {
  CHECK(problem({"--epoch", "3"}) == "unknown option --epoch; did you mean --epochs?");
  CHECK(problem({"-epochs", "3"}) == "unknown option -epochs; did you mean --epochs?");
  CHECK(problem({"--epohcs=3"}) == "unknown option --epohcs; did you mean --epochs?");
  CHECK(problem({"--elephants"}) == "unknown option --elephants");
  CHECK(problem({"-q"}) == "unknown option -q; did you mean --quiet?");
  CHECK(problem({"--epochs"}) == "--epochs: a value is missing (--epochs N)");
  CHECK(problem({"--epochs", "--quiet"}) == "--epochs: a value is missing (--epochs N)");
  CHECK(problem({"--epochs", "--rho=3"}) == "--epochs: a value is missing (--epochs N)");
  CHECK(problem({"--quiet=yes"}) == "--quiet=yes: --quiet takes no value");
}

TEST_CASE("options: values out of range name the option, the value and the range") {
  const auto size = [](const std::string& value, std::size_t most) {
    return usage_error_of([&] { read({"--epochs", value}).size("epochs", 1, most); });
  };
  const std::size_t any = std::numeric_limits<std::size_t>::max();
  CHECK(size("0", any) == "--epochs 0: must be a whole number of 1 or more");
  CHECK(size("-1", any) == "--epochs -1: must be a whole number of 1 or more");
  CHECK(size("2.5", any) == "--epochs 2.5: must be a whole number of 1 or more");
  CHECK(size("3x", any) == "--epochs 3x: must be a whole number of 1 or more");
  CHECK(size("", any) == "--epochs : must be a whole number of 1 or more");
  CHECK(size("99999999999999999999", any) ==
        "--epochs 99999999999999999999: must be a whole number of 1 or more");
  CHECK(size("10", 9) == "--epochs 10: must be a whole number from 1 to 9");

  const auto number = [](const std::string& value, double low, double high, Ends ends) {
    return usage_error_of([&] { read({"--rho", value}).number("rho", low, high, ends); });
  };
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(number("1", 0, 1, Ends::open) == "--rho 1: must lie in (0, 1)");
  CHECK(number("0", 0, 1, Ends::open) == "--rho 0: must lie in (0, 1)");
  CHECK(number("1.5", 0, 1, Ends::closed) == "--rho 1.5: must lie in [0, 1]");
  CHECK(number("0", 0, 1, Ends::open_low) == "--rho 0: must lie in (0, 1]");
  CHECK(number("1", 0, 1, Ends::open_high) == "--rho 1: must lie in [0, 1)");
  CHECK(number("-1", 0, infinity, Ends::closed) == "--rho -1: must be a number of 0 or more");
  CHECK(number("0", 0, infinity, Ends::open) == "--rho 0: must be a number above 0");
  CHECK(number("2", -infinity, 1, Ends::closed) == "--rho 2: must be a number of 1 or less");
  CHECK(number("1", -infinity, 1, Ends::open) == "--rho 1: must be a number below 1");
  for (const char* value : {"nan", "inf", "x", "", "1,5", "1e999"}) {
    CHECK(number(value, -infinity, infinity, Ends::closed) ==
          "--rho " + std::string(value) + ": must be a number");
  }
  const Options ends = read({"--rho", "1"});
  CHECK(ends.number("rho", 0, 1) == 1);
  CHECK(ends.number("rho", 0, 1, Ends::open_low) == 1);
  CHECK(ends.number("rho", 1, 2, Ends::open_high) == 1);

  CHECK(read({"--loss", "bce"}).choice("loss", {"half_mse", "bce"}) == "bce");
  CHECK(usage_error_of([] {
          read({"--loss", "mse"}).choice("loss", {"half_mse", "bce", "l1"});
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

TEST_CASE("options: the text of --help") {
  const std::string words =
      "a help text that is long enough to be wrapped, because it has more characters than fit";
  CHECK(strata::usage_text("strata encode MODEL [options]", "Codes of a saved model.",
                           {{"MODEL", "a saved model"}},
                           {{"rows", "A:B", ":", words}, {"quiet", "", "", "no bar"}}) ==
        "usage: strata encode MODEL [options]\n\nCodes of a saved model.\n\n"
        "  MODEL       a saved model\n\n"
        "  --rows A:B  a help text that is long enough to be wrapped, because it has more "
        "characters than fit\n"
        "              [:]\n"
        "  --quiet     no bar\n");
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
