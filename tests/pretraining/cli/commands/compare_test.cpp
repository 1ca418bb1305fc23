// `strata compare`, and the help of `strata train`, as a user meets them.

#include <doctest/doctest.h>

#include <algorithm>

#include "autoencoders/contractive.hpp"
#include "autoencoders/variational.hpp"
#include "core/io/json.hpp"
#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/kinds/model_options.hpp"
#include "tests/check_close.hpp"
#include "tests/markup.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

struct Compared {
  Json json;
  std::string page, printed;

  Compared(const Program& strata, const std::string& arguments) {
    const Result result =
        strata("compare --quiet --out " + strata.file("compare") + " " + arguments);
    CAPTURE(result.err);
    REQUIRE(result.status == 0);
    json = parse_json(read_file(strata.file("compare") + "/results.json"), "results.json");
    page = read_file(strata.file("compare") + "/report.html");
    printed = result.out;
  }
  const Json* member(const std::string& name) const {
    for (const Json& one : json.at("members").items()) {
      if (one.at("name").as_string() == name) return &one;
    }
    return nullptr;
  }
};

}  // namespace

TEST_CASE(
    "compare trains every kind of the table, with one size of code but for those that are wide") {
  const Program strata;
  const Compared run(strata, "--rows 0:150 --epochs 1");
  check_page(run.page);
  for (const cli::Kind& kind : cli::kinds()) {
    CAPTURE(kind.name);
    const Json* const member = run.member(kind.name);
    REQUIRE(member != nullptr);
    CHECK(member->at("epochs").as_size() == 1);
    CHECK(contains(run.printed, std::string("\n") + kind.name + " "));
    CHECK(contains(run.page, std::string("<b>") + kind.name + "</b>: "));
    if (std::string(kind.name) == "convolutional") {
      CHECK(member->at("code_size").as_size() == 8 * 2 * 2);  // its maps, no dense layer
    } else if (cli::takes(kind, "hidden")) {
      CHECK(member->at("code_size").as_size() == std::max<std::size_t>(kind.defaults.hidden, 16));
    }
  }
  CHECK(run.json.at("left_out").items().empty());
}

TEST_CASE("compare: a row is what strata train gives for the same kind, code and seed") {
  const Program strata;
  const Compared run(strata,
                     "undercomplete variational --rows 0:200 --epochs 2 --hidden 7 --seed 3");
  CHECK(run.json.at("members").items().size() == 4);
  for (const std::string kind : {"undercomplete", "variational"}) {
    CAPTURE(kind);
    REQUIRE(strata("train " + kind + " --rows 0:200 --epochs 2 --hidden 7 --seed 3 --quiet --out " +
                   strata.file("alone"))
                .status == 0);
    const Json alone = parse_json(read_file(strata.file("alone") + "/results.json"), "alone");
    CHECK(run.member(kind)->at("train_error").as_number() == alone.at("train_error").as_number());
    CHECK(run.member(kind)->at("test_error").as_number() == alone.at("test_error").as_number());
    CHECK(run.member(kind)->at("weights").as_size() == alone.at("weights").as_size());
  }
}

TEST_CASE(
    "compare: a kind that cannot have the code keeps its own, and one that cannot take the data is "
    "named") {
  const Program strata;
  const Compared wide(strata,
                      "linear undercomplete overcomplete --rows 0:60 --epochs 1 --hidden 64");
  CHECK(wide.member("undercomplete")->at("code_size").as_size() == 16);
  CHECK(wide.member("overcomplete")->at("code_size").as_size() == 64);
  CHECK(contains(wide.printed,
                 "undercomplete keeps its own code of 16: it cannot have 64 of 64 features\n"));
  CHECK_FALSE(contains(wide.printed, "overcomplete keeps"));
  const Compared narrow(strata, "overcomplete --rows 0:60 --epochs 1 --hidden 3");
  CHECK(narrow.member("overcomplete")->at("code_size").as_size() == 100);
  CHECK(contains(narrow.printed,
                 "overcomplete keeps its own code of 100: it cannot have 3 of 64 features\n"));

  std::string csv = "a,b,c\n";
  for (int i = 0; i < 40; ++i) csv += text(i % 7, ",", i * i % 11, ",", i % 5, "\n");
  write_file(strata.file("plain.csv"), csv);
  const std::string data = "--epochs 1 --data " + strata.file("plain.csv");
  const Compared run(strata, data);  // from 0 to 10: not for a sigmoid output
  CHECK(contains(run.printed,
                 "left out: undercomplete, multilayer, sparse, denoising, contractive: the data"));
  CHECK(count(run.printed, "left out: ") == 3);  // convolutional and variational have other reasons
  CHECK(contains(run.printed, "no labels: neighbours are not asked"));
  CHECK(run.member("undercomplete") == nullptr);
  CHECK(run.member("linear")->at("code_size").as_size() == 1);
  CHECK(run.member("linear")->at("neighbour_accuracy").is_null());
  CHECK_FALSE(run.json.at("left_out").items().empty());
  check_page(run.page);
  check_refused(strata, "compare undercomplete --quiet --out " + strata.file("c") + " " + data, 1,
                "--scale minmax");
  const Compared scaled(strata, data + " --scale minmax");
  CHECK(scaled.member("undercomplete") != nullptr);
  const Compared untested(strata, "linear --epochs 1 --rows 5:9");
  CHECK(contains(untested.printed, "no test rows"));
}

TEST_CASE("compare: the same numbers for any number of threads") {
  const Program strata;
  const auto numbers = [&](const std::string& threads) {
    Json json =
        Compared(strata, "linear sparse lstm --rows 0:100 --epochs 2 --threads " + threads).json;
    for (Json& one : std::get<Json::Array>(json["members"].value)) one["seconds"] = 0;
    json["threads"] = 0;
    return json.dump();
  };
  CHECK(numbers("1") == numbers("3"));
}

TEST_CASE("compare: wrong usage") {
  const Program strata;
  check_refused(strata, "compare sprase", 2, "did you mean sparse?");
  check_refused(strata, "compare linear linear", 2, "the kind linear is named twice");
  check_refused(strata, "compare --hidden 0", 2, "--hidden 0");
  check_refused(strata, "compare --neighbours 0", 2, "--neighbours 0");
  check_refused(strata, "compare --epochs x", 2, "--epochs x");
  check_refused(strata, "compare --rho 0.1", 2, "unknown option --rho");
  check_refused(strata, "compare --json " + strata.file("no/x.json"), 1, "does not exist");
  CHECK(contains(strata("compare --help").out, "usage: strata compare [KIND …] [options]"));
  CHECK(contains(strata("--help").out, "compare"));
}

TEST_CASE(
    "train --help lists the kinds with their points, train KIND --help that kind's options and "
    "defaults") {
  const Program strata;
  const std::string all = strata("train --help").out;
  for (const cli::Kind& kind : cli::kinds()) {
    CAPTURE(kind.name);
    CHECK(contains(all, std::string("\n    ") + kind.name + " "));
    const Result help = strata(std::string("train ") + kind.name + " --help");
    CHECK(help.status == 0);
    CHECK(contains(help.out, std::string("usage: strata train ") + kind.name + " [options]"));
    CHECK_FALSE(contains(help.out, "one of these:"));
    for (const OptionSpec& spec : cli::model_specs())
      CHECK(
          contains(help.out, "  --" + spec.name + (spec.value.empty() ? " " : " " + spec.value)) ==
          cli::takes(kind, spec.name));
    CHECK(contains(help.out, text("[", kind.defaults.epochs, "]")));
    CHECK(contains(help.out, text("[", kind.defaults.optimizer, "]")));
    if (cli::takes(kind, "hidden")) CHECK(contains(help.out, text("[", kind.defaults.hidden, "]")));
  }
}

TEST_CASE("the help on one kind speaks of that kind alone") {
  const auto words = [](const char* kind, const std::string& option) {
    for (const OptionSpec& spec : cli::specs_with_defaults(cli::kind_named(kind))) {
      if (spec.name == option) return spec.help;
    }
    return std::string("no such option");
  };
  CHECK(words("variational", "deviation") == "of a gaussian decoder");
  CHECK(words("contractive", "deviation") == "of the noise of --curvature");
  CHECK(words("lstm", "units") == "of the encoder's and of the decoder's LSTM");
  CHECK(words("sparse", "l1") == "weight of the L1 term on the code");
}

TEST_CASE("the defaults in the help are those of the model that is made") {
  const auto shown = [](const char* kind, const std::string& option) {
    for (const OptionSpec& spec : cli::specs_with_defaults(cli::kind_named(kind))) {
      if (spec.name == option) return spec.fallback;
    }
    return std::string("no such option");
  };
  CHECK(shown("sparse", "layers") == "64-100");
  CHECK(shown("sparse", "beta") == "0.3");
  CHECK(shown("sparse", "loss") == "half_mse");
  CHECK(shown("sparse", "batch") == "all");
  CHECK(shown("linear", "code") == "linear");
  CHECK(shown("linear", "decay") == "0.001");
  CHECK(shown("multilayer", "loss") == "bce");
  CHECK(shown("multilayer", "hidden-activation") == "sigmoid");
  CHECK(shown("multilayer", "layers") == "64-100-50-2");
  CHECK(shown("multilayer", "backprop") == "explicit");
  CHECK(shown("contractive", "loss") == "bce");
  CHECK(shown("contractive", "deviation") ==
        cli::number_text(double(ContractiveOptions().deviation)));
  CHECK(shown("contractive", "backprop") == "tape");
  CHECK(shown("variational", "deviation") ==
        cli::number_text(double(VariationalOptions().deviation)));
  CHECK(shown("variational", "beta") == "1");
  CHECK(shown("variational", "hidden-activation") == "tanh");
  CHECK(shown("lstm", "steps") == "8");
}

TEST_CASE(
    "options of another kind are refused in one line, and misspelt kinds are guessed, also before "
    "--help") {
  const Program strata;
  for (const cli::Kind& kind : cli::kinds()) {
    for (const OptionSpec& spec : cli::model_specs()) {
      if (cli::takes(kind, spec.name)) continue;
      cli::Arguments arguments = {kind.name, "--" + spec.name};
      if (!spec.value.empty()) arguments.push_back("1");
      const std::string error =
          error_of([&] { cli::run_command(cli::train_command(), arguments); });
      CHECK(contains(error, text("--", spec.name, ": the kind ", kind.name, " does not take it")));
    }
  }
  check_refused(strata, "train lstm --keep 1", 2, "--keep: the kind lstm does not take it");
  check_refused(strata, "train contr", 2, "did you mean contractive?");
  check_refused(strata, "train variationl --help", 2, "did you mean variational?");
  check_refused(strata, "train nothing --help", 2, "there is no kind 'nothing'");
  check_refused(strata, "train RBM", 2, "`strata rbm` trains restricted Boltzmann machines");
}
