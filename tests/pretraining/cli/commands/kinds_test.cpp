// Every kind of the command line, as a user meets it: trained, its files written, and each command
// that looks into the saved model.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "core/data/files/csv.hpp"
#include "core/io/json.hpp"
#include "pretraining/cli/common.hpp"
#include "pretraining/cli/kinds/kinds.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

void check_runs(const Program& strata, const std::string& arguments) {
  const Result result = strata(arguments);
  CAPTURE(arguments);
  CAPTURE(result.err);
  CHECK(result.status == 0);
}

// The commands that look into a saved model, on three rows of the data.
void check_commands(const Program& strata, const std::string& model, const std::string& data) {
  const std::string rows = data + " --rows 0:3";
  check_runs(strata, "encode " + model + rows + " --save " + strata.file("codes.csv"));
  CHECK(read_csv(strata.file("codes.csv")).X.rows() == 3);
  check_runs(strata, "reconstruct " + model + rows + " --save " + strata.file("r.csv"));
  check_runs(strata, "gradients " + model + rows + " --save " + strata.file("g.safetensors"));
  check_runs(strata, "step " + model + rows + " --do 'n; n'");
  check_runs(strata, "trace " + model + rows + " --checked 0 -o " + strata.file("trace.html"));
}

// Rows of 6 numbers in [0, 1]: no labels, no pictures.
std::string small_table() {
  std::string csv;
  for (int i = 0; i < 30; ++i) {
    for (int j = 0; j < 6; ++j)
      csv += text(j == 0 ? "" : ",", 0.05 + 0.9 * ((7 * i + 5 * j + i * j) % 17) / 17.0);
    csv += "\n";
  }
  return csv;
}

// Every weight is checked by differences: of thousands that takes a minute.
std::string few_weights(const std::string& kind) {
  if (kind == "lstm") return " --units 5";
  return kind == "multilayer" ? " --layers 6-5-2" : "";
}

}  // namespace

TEST_CASE(
    "every kind trains on digits, leaves its page, its numbers and its model, and every command "
    "takes the "
    "model") {
  const Program strata;
  for (const cli::Kind& kind : cli::kinds()) {
    CAPTURE(kind.name);
    const std::string out = strata.file(kind.name);
    check_runs(strata, text("train ", kind.name, " --epochs 2 --rows 0:200 --quiet --out ", out));
    REQUIRE(std::filesystem::exists(out + "/model.safetensors"));
    const Json results = parse_json(read_file(out + "/results.json"), "results.json");
    CHECK(results.at("kind").as_string() == kind.name);
    CHECK(results.at("epochs").as_size() == 2);
    CHECK(results.at("test_error").as_number() > 0);
    const std::string page = read_file(out + "/report.html");
    CHECK(page.starts_with("<!doctype html>"));
    CHECK(page.find("nan") == std::string::npos);
    CHECK(page.find(text("<pre>strata train ", kind.name, " --epochs 2")) != std::string::npos);
    CHECK(page.find("Originals and reconstructions") != std::string::npos);
    check_commands(strata, out + "/model.safetensors", "");
  }
}

TEST_CASE("every kind takes a table without labels or pictures, or says in a line why not") {
  const Program strata;
  write_file(strata.file("mine.csv"), small_table());
  const std::string data = " --data " + strata.file("mine.csv");
  for (const cli::Kind& kind : cli::kinds()) {
    CAPTURE(kind.name);
    const std::string out = strata.file(kind.name);
    const Result trained = strata(
        text("train ", kind.name, few_weights(kind.name), " --epochs 2 --quiet --out ", out, data));
    CAPTURE(trained.err);
    if (trained.status != 0) {
      CHECK(trained.err.starts_with("strata: "));
      CHECK(std::count(trained.err.begin(), trained.err.end(), '\n') == 1);
      const bool needs_pictures = trained.err.find("picture") != std::string::npos;
      CHECK(needs_pictures);
      continue;
    }
    check_commands(strata, out + "/model.safetensors", data);
    check_runs(strata, "check " + out + "/model.safetensors" + data + " --rows 0:3");
    for (const char* few : {"0:4", "0:1"}) {  // none for the test
      check_runs(strata, text("train ", kind.name, " --epochs 1 --quiet --rows ", few, " --out ",
                              out, data));
    }
  }
}

TEST_CASE("every kind's small example can be checked, blamed, stepped through and traced") {
  const Program strata;
  for (const cli::Kind& kind : cli::kinds()) {
    check_runs(strata, text("check ", kind.name));
    check_runs(strata, text("check ", kind.name, " --blame"));
    check_runs(strata, text("step ", kind.name, " --do 'n; run'"));
    check_runs(strata, text("trace ", kind.name, " -o ", strata.file("trace.html")));
  }
}

TEST_CASE("lstm: padding is remarked upon, and a scaling that would move it is refused") {
  const Program strata;
  const std::string train =
      "train lstm --data waves --epochs 1 --units 4 --quiet --out " + strata.file("lstm");
  const std::string remark = "sequences end in zeros: if those are padding, add --variable-lengths";
  CHECK(strata(train).out.find(remark) != std::string::npos);
  CHECK(strata(train + " --variable-lengths").out.find(remark) == std::string::npos);
  const Result scaled = strata(train + " --variable-lengths --scale standard");
  CHECK(scaled.status == 2);
  CHECK(scaled.err.starts_with(
      "strata: --variable-lengths and --scale: scaling would move the zeros"));
  CHECK(scaled.out.empty());
  CHECK(strata(train + " --steps 7").status == 2);
  CHECK(strata(train + " --steps 12 --reversed --teacher-forcing --hidden 2")
            .out.find("12 steps of 2, 4 units, a code of 2") != std::string::npos);
}

TEST_CASE(
    "wrong steps are answered with those that there are, and letters of papers with the kind") {
  const Program strata;
  check_refused(strata, "train lstm --steps 7", 2, "equal steps (1, 2, 4, 8, 16, 32, 64 can be)");
  check_refused(strata, "train vae", 2, "did you mean variational?");
  check_refused(strata, "train VAE", 2, "did you mean variational?");
  check_refused(strata, "train dae", 2, "did you mean denoising?");
  check_refused(strata, "train cae", 2, "did you mean contractive or convolutional?");
  check_refused(strata, "train Sparse", 2, "did you mean sparse?");
}

TEST_CASE(
    "a kind without a rule by hand is refused in the same words by train, step and gradients") {
  const Program strata;
  const std::string out = strata.file("lstm");
  CHECK(strata("train lstm --data waves --epochs 0 --units 4 --quiet --out " + out).status == 0);
  const auto refusal = [&](const std::string& arguments) {
    const Result result = strata(arguments + " --backprop explicit");
    CHECK(result.status == 2);
    CHECK(result.out.empty());
    return result.err;
  };
  const std::string words = "has no rule by hand (--backprop tape)\n";
  const std::string of_lstm = "strata: --backprop explicit: the kind lstm " + words;
  CHECK(refusal("train lstm --data waves") == of_lstm);
  CHECK(refusal("step lstm") == of_lstm);
  CHECK(refusal("gradients " + out + "/model.safetensors --data waves") == of_lstm);
  CHECK(refusal("train sparse --optimizer adam --dropout 0.5") ==
        "strata: --backprop explicit: the kind sparse with dropout " + words);
  CHECK(refusal("step denoising") ==
        "strata: --backprop explicit: the kind denoising has no rule by hand to step through "
        "(--backprop "
        "tape)\n");
}

TEST_CASE("more units than the memory holds: a line that says so, before anything is made") {
  const Program strata;
  for (const char* asked :
       {"overcomplete --hidden 1000000000", "multilayer --layers 64-900000000-2",
        "variational --layers 64-900000000-2", "lstm --hidden 10000000",
        "convolutional --hidden 1000000000"}) {
    CAPTURE(asked);
    const Result result = strata(text("train ", asked));
    CHECK(result.status == 1);
    CHECK(contains(result.err, "GB of memory that are free"));
    CHECK(result.out == "");
  }
}
