// Denoising as a user meets it: train, check and pretrain.

#include <doctest/doctest.h>

#include <sstream>

#include "core/io/json.hpp"
#include "tests/check_close.hpp"
#include "tests/markup.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE(
    "denoising: by hand in the check, what it restores in the results, a vector field for two "
    "features") {
  const Program strata;
  const Result checked = strata("check denoising --corruption gaussian");
  CHECK(contains(checked.out, "all agree"));
  CHECK(strata("check denoising --dropout 0.3").status == 0);  // the tape alone
  std::istringstream lines(checked.out);
  for (std::string line; std::getline(lines, line);) {
    if (contains(line, "encoder.0.W")) CHECK(!contains(line, " - "));  // the rule by hand took part
  }
  const std::string out = strata.file("run"),
                    trained = "train denoising --epochs 3 --quiet --out " + out;
  const Result digits = strata(trained + " --rows 0:200");
  CHECK(digits.status == 0);
  CHECK(contains(digits.out, "masking 0.3          squared error of the corrupted rows "));
  const Json results = parse_json(read_file(out + "/results.json"), "results.json");
  REQUIRE(results.at("measured").at("restored").items().size() == 3);
  CHECK(results.at("measured").at("restored").items()[0].at("corruption").at("kind").as_string() ==
        "masking");
  CHECK(results.at("measured").at("restored").items()[0].at("restored_error").as_number() > 0);
  const std::string page = read_file(out + "/report.html");
  CHECK(contains(page, "as in training"));
  CHECK(contains(page, "What the units look for"));
  CHECK(
      strata(trained + " --data circle --scale minmax --corruption gaussian --noise 0.1").status ==
      0);
  CHECK(contains(read_file(out + "/report.html"), "chart-arrow stroke-1"));
  CHECK(!contains(read_file(out + "/report.html"), "What the units look for"));

  // a saved model draws its corruption from the state in its file: by hand and by tape the same
  const std::string gradients =
      "gradients " + out + "/model.safetensors --rows 0:20 --json " + strata.file("g.json");
  const auto total = [&](const char* backprop) {
    CHECK(strata(gradients + " --data circle --backprop " + backprop).status == 0);
    return parse_json(read_file(strata.file("g.json")), "g.json").at("total").as_number();
  };
  check_close(total("explicit"), total("tape"), by_real(1e-12, 1e-5));

  for (const std::string kind :
       {"linear", "undercomplete", "overcomplete", "multilayer", "sparse"}) {
    CAPTURE(kind);  // any dense kind, with its own figures below what it restores
    CHECK(strata("train " + kind +
                 " --epochs 1 --optimizer adam --corruption masking --quiet --rows 0:200 --out " +
                 out)
              .status == 0);
    CHECK(contains(read_file(out + "/report.html"), "What it restores"));
  }

  const std::string start =
      "pretrain --rows 0:200 --layers 64-20-2 --pretrain-epochs 2 --epochs 2 --quiet --out " + out;
  const Result stacked =
      strata(start + " --layer-kind denoising --corruption gaussian --noise 0.2");
  CHECK(stacked.status == 0);
  const Json layers =
      parse_json(read_file(out + "/results.json"), "results.json").at("layer_corruption");
  CHECK(layers.at("kind").as_string() == "gaussian");
  CHECK(layers.at("amount").as_number() == doctest::Approx(0.2));
  CHECK(contains(read_file(out + "/report.html"),
                 "to restore its own input after Gaussian noise 0.2"));

  check_refused(strata, "train denoising --noise 1.5", 2, "noise");
  check_refused(strata, "train denoising --corruption pepper", 2, "corruption");
  check_refused(strata, "train denoising --optimizer lbfgs", 2,
                "needs an objective that stands still");
  check_refused(strata, "train sparse --corruption masking", 2,
                "needs an objective that stands still");
  check_refused(strata, "train sparse --noise 0.3", 2,
                "--noise: has no effect without --corruption");
  check_refused(strata, "train contractive --corruption masking", 2,
                "the kind contractive does not take it");
  check_refused(strata, "train lstm --corruption masking", 2, "the kind lstm does not take it");
  check_refused(strata, "pretrain --noise 0.3", 2,
                "--noise: has no effect without --layer-kind denoising");
}
