// --checkpoint and --resume of the program: what belongs to the run and what does not.

#include <doctest/doctest.h>

#include "core/io/json.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// A square's corners and points between them.
std::string table(const std::string& first_number, const std::string& first_label) {
  std::string csv = "a,b,c,d,label\n" + first_number + ",0,1,0.5," + first_label + "\n";
  for (int i = 1; i < 25; ++i)
    csv += text(i % 5 / 5.0, ",", i % 3 / 3.0, ",", i % 2, ",", i % 7 / 7.0, ",", i % 2, "\n");
  return csv;
}

std::string without_times(const std::string& folder) {
  Json json = parse_json(read_file(folder + "/results.json"), "results.json");
  json["threads"] = 0;
  for (Json& method : std::get<Json::Array>(json["methods"].value)) method["seconds"] = 0;
  for (Json& stage : std::get<Json::Array>(json["stages"].value)) stage["seconds"] = 0;
  return json.dump();
}

}  // namespace

TEST_CASE("pretrain --resume: another run is refused and named; threads and folders are free") {
  const Program strata;
  const std::string data = strata.file("d.csv"), file = strata.file("c.safetensors");
  const std::string line =
      " --data " + data + " --layers 4-3-2 --pretrain-epochs 1 --epochs 2 --quiet --out ";
  const std::string start = "pretrain" + line + strata.file("one");
  write_file(data, table("0.25", "1"));
  CHECK(strata(start + " --checkpoint " + file).status == 0);
  const std::string good = read_file(file);
  check_refused(strata, start + " --checkpoint " + file, 2,
                "is there already (go on from it with --resume");
  CHECK(read_file(file) == good);
  const Result again = strata("pretrain" + line + strata.file("two") + " --threads 2 --json " +
                              strata.file("j") + " --resume " + file);
  CAPTURE(again.err);
  REQUIRE(again.status == 0);
  CHECK(without_times(strata.file("two")) == without_times(strata.file("one")));

  const std::string resume = start + " --resume " + file;
  check_refused(strata, resume + " --seed 2", 1, "--seed was 1 there and is 2 here");
  check_refused(strata, resume + " --classify", 1,
                "--classify was not given there and is given here");
  check_refused(strata, start + " --resume " + strata.file("none"), 1, "no such file");
  check_refused(strata, "train linear --data " + data + " --hidden 2 --resume " + file, 1,
                "the command was strata pretrain there and is strata train linear here");
  write_file(data, table("0.26", "1"));
  check_refused(strata, resume, 1, "the data was d (20 training and 5 test rows of 4, checksum ");
  write_file(data, table("0.25", "0"));
  check_refused(strata, resume, 1, "the data was d (20 training and 5 test rows of 4, checksum ");
  write_file(data, table("0.25", "1"));
  CHECK(strata(resume).status == 0);
  for (const char* name : {"model.safetensors", "results.json", "report.html"})
    check_refused(strata, start + " --checkpoint " + strata.file("one/") + name, 2,
                  "the results are written there");
}

TEST_CASE(
    "classify and rbm have checkpoints: a finished run writes its results again, with other files "
    "beside "
    "them") {
  const Program strata;
  const std::string file = strata.file("c.safetensors");
  const auto results = [&] { return read_file(strata.file("runs/model.safetensors")); };
  const std::string classify =
      "classify --rows 0:100 --layers 64-6 --pretrain-epochs 1 --epochs 2 --labels 0 --quiet "
      "--out " +
      strata.file("runs");
  const Result first = strata(classify + " --checkpoint " + file);
  CAPTURE(first.err);
  REQUIRE(first.status == 0);
  const std::string model = results();
  write_file(strata.file("runs/model.safetensors"), "");
  CHECK(strata(classify + " --resume " + file + " --predictions " + strata.file("p.csv")).status ==
        0);
  CHECK(results() == model);
  CHECK(contains(read_file(strata.file("p.csv")), "class"));
  check_refused(strata, classify + " --decay 1 --resume " + file, 1,
                "--decay was 0.0001 there and is 1 here");

  const std::string rbm =
      "rbm --rows 0:100 --layers 64-6 --epochs 2 --quiet --out " + strata.file("runs");
  check_refused(strata, rbm + " --resume " + file, 1,
                "the command was strata classify there and is strata rbm here");
  check_refused(strata, rbm + " --checkpoint " + strata.file("runs/autoencoder.safetensors"), 2,
                "the results are written there");
  const std::string of_rbm = strata.file("r.safetensors");
  CHECK(strata(rbm + " --checkpoint " + of_rbm).status == 0);
  const std::string trained = results();
  write_file(strata.file("runs/model.safetensors"), "");
  CHECK(strata(rbm + " --resume " + of_rbm).status == 0);
  CHECK(results() == trained);
}
