// --checkpoint and --resume of the program: what belongs to the run and what does not.

#include <doctest/doctest.h>

#include <filesystem>
#include <utility>

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

// No endless run stays behind, should it not stop as it is told.
static const std::string limited = "ulimit -t 60\n";

TEST_CASE("Ctrl-C, SIGTERM and SIGHUP save a run that trains, and say how to go on") {
  const Program strata;
  // A job in the background: bash has it ignore SIGINT, unless it controls its jobs (set -m)
  const auto sent = [&](const std::string& before, const std::string& signals) {
    return strata.script(
        limited + "rm -f $work/c; " + before +
        "\n$strata train denoising --rows 0:50 --epochs 100000000 --schedule constant --quiet "
        "--out $work/runs --checkpoint $work/c > /dev/null &\n"
        "until [ -e $work/c ]; do sleep 0.1; ((++tries < 600)) || exit 99; done\n"
        "for signal in " +
        signals + "; do kill -$signal $! && sleep 0.3; done\nwait $!");
  };
  for (const auto& expected : {std::pair("INT", 130), {"TERM", 143}, {"HUP", 129}}) {
    CAPTURE(expected.first);
    const Result result = sent("set -m", expected.first);
    CHECK(result.status == expected.second);
    CHECK(contains(result.err, "strata: interrupted; to go on: "));
    CHECK(contains(result.err, " --resume " + strata.file("c") + "\n"));
  }
  // What was ignored before stays so: Ctrl-C for a job in the background, SIGHUP under nohup
  CHECK(sent("", "INT TERM").status == 143);
  CHECK(sent("trap '' HUP", "HUP TERM").status == 143);
  CHECK(sent("trap '' TERM; set -m", "TERM HUP").status == 129);
}

TEST_CASE("a stop in what is measured after the training leaves the model and a checkpoint") {
  const Program strata;
  const auto stopped = [&](const std::string& command) {
    return strata.script(limited + "set -m; $strata " + command +
                         " --rows 0:200 --quiet --out $work/runs > /dev/null &\n"
                         "until [ -e $work/runs/model.safetensors ]; do sleep 0.1; ((++tries < "
                         "600)) || exit 99; done\n"
                         "sleep 0.2; kill -TERM $!; wait $!");
  };
  for (const std::string command :
       {"rbm --layers 64-40 --epochs 1 --ais 100000000000",
        "rbm --layers 64-4 --epochs 1 --chain-steps 100000000000",
        "classify --layers 64-4 --pretrain-epochs 1 --epochs 1 --labels 20 --draws 1000000"}) {
    CAPTURE(command);
    const Result result = stopped(command);
    CHECK(result.status == 143);
    CHECK(contains(result.err, "strata: interrupted; to go on: "));
    CHECK(std::filesystem::exists(strata.file("runs/checkpoint.safetensors")));
    std::filesystem::remove_all(strata.file("runs"));
  }
  const Result in_training = strata.script(
      limited +
      "set -m; $strata rbm --rows 0:50 --layers 64-30 --cd 100000000000 --quiet --out $work/runs "
      "> $work/said &\n"
      "until [ -s $work/said ]; do sleep 0.1; ((++tries < 600)) || exit 99; done\nsleep 0.2; kill "
      "-TERM $!; wait $!");
  CHECK(in_training.status == 143);
  CHECK(contains(in_training.err, "--resume " + strata.file("runs/checkpoint.safetensors")));
}

TEST_CASE(
    "a disk that is full: training goes on without checkpoints, and lost results are an error") {
  const Program strata;
  const Result mounted =
      strata.script("mkdir $work/disk; mount -t tmpfs -o size=16k none $work/disk");
  if (mounted.status != 0) {
    MESSAGE("skipped: no small disk can be mounted here (that takes root)");
    return;
  }
  // What it prints is what is left on the disk.
  const auto train = [&strata](const std::string& options, const std::string& then) {
    return strata.script(
        "$strata train sparse --rows 0:50 --epochs 30 --batch 1 --quiet > /dev/null " + options +
        "; status=$?\nls -A $work/disk\n" + then + "exit $status");
  };
  const Result result = train("--out $work/runs --checkpoint $work/disk/c", "");
  CHECK(result.status == 0);
  CHECK(result.out.empty());
  CHECK(result.err == "strata: warning: " + strata.file("disk/c") +
                          ": cannot be written (No space left on device); training goes on, and "
                          "the checkpoint is tried again\n");
  CHECK(std::filesystem::exists(strata.file("runs/report.html")));
  const Result lost = train("--out $work/disk", "umount $work/disk\n");
  CHECK(lost.status == 1);
  CHECK(lost.out.empty());
  CHECK(lost.err == "strata: " + strata.file("disk/model.safetensors") +
                        ": cannot be written (No space left on device)\n");
}

TEST_CASE("a killed run leaves an unfinished file, and the next one removes it") {
  const Program strata;
  const std::string left = strata.file("c.tmp-strata-1-1"),
                    of_page = strata.file("runs/report.html");
  write_file(left, "half a checkpoint");
  REQUIRE(
      strata.script("mkdir $work/runs; echo half > $work/runs/report.html.tmp-strata-1-1").status ==
      0);
  write_file(strata.file("c.tmp1"), "a user's");
  REQUIRE(strata("train linear --rows 0:50 --epochs 1 --quiet --out " + strata.file("runs") +
                 " --checkpoint " + strata.file("c"))
              .status == 0);
  CHECK(!std::filesystem::exists(left));
  CHECK(!std::filesystem::exists(of_page + ".tmp-strata-1-1"));
  CHECK(read_file(strata.file("c.tmp1")) == "a user's");
}
