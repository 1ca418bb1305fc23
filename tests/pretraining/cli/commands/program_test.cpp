// The program as a user meets it: help, and one readable line for everything that can go wrong
// before a command has begun.

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

#include "core/check.hpp"
#include "core/io/files.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

const std::string quick = " --pretrain-epochs 1 --epochs 2 --quiet";

}  // namespace

TEST_CASE("help, version and a wrong command") {
  const Program strata;
  CHECK(contains(strata("--help").out, "strata COMMAND --help"));
  CHECK(strata("--version").out.starts_with("strata "));
  for (const char* command :
       {"pretrain", "train", "encode", "reconstruct", "gradients", "check", "data", "bench"}) {
    const Result help = strata(std::string(command) + " --help");
    CAPTURE(command);
    CHECK(help.status == 0);
    CHECK(contains(help.out, std::string("usage: strata ") + command));
  }
  const Result alone = strata("");
  CHECK(alone.status == 2);
  CHECK(alone.err == strata("--help").out);
  check_refused(strata, "pretain", 2, "did you mean pretrain?");
  check_refused(strata, "trian sparse", 2, "did you mean train?");
  check_refused(strata, "train sprase", 2, "did you mean sparse?");
  check_refused(strata, "train", 2, "missing KIND");
  check_refused(strata, "train sparse --epoch 3", 2, "did you mean --epochs?");
}

TEST_CASE("what other programs call an option leads to its name here, or to --help, in one line") {
  const Program strata;
  const auto leads = [&](const std::string& command, const std::string& there,
                         const std::string& here) {
    check_refused(
        strata, command + " " + there + " 3", 2,
        text("unknown option ", there,
             here.empty() ? " (--help lists the options)" : "; did you mean " + here + "?"));
  };
  for (const std::string command : {"train sparse", "pretrain", "classify", "rbm"}) {
    for (const char* rate : {"--lr", "--learning-rate", "--learning_rate"})
      leads(command, rate, "--rate");
    leads(command, "--batch-size", "--batch");
    leads(command, "--n-epochs", "--epochs");
    leads(command, "--latent-dim", command == "train sparse" ? "--hidden" : "--layers");
    leads(command, "--n_components", command == "train sparse" ? "--hidden" : "--layers");
    leads(command, "--hidden-layer-sizes", "--layers");
    leads(command, "--l2", command == "rbm" ? "--weight-cost" : "--decay");
  }
  for (const std::string command : {"train sparse", "pretrain", "classify", "rbm", "compare"}) {
    leads(command, "--num-epochs", "--epochs");
    leads(command, "--random-state", "--seed");
    leads(command, "--n-jobs", "--threads");
    leads(command, "--output-dir", "--out");
    leads(command, "--dataset", "--data");
    leads(command, "--normalize", "--scale");
    leads(command, "--verbose", "");
    leads(command, "--device", "");
    leads(command, "--version", "");
    CHECK(strata(command + " -h").out == strata(command + " --help").out);
    CHECK(contains(strata(command + " -h").out, "-o, --out FOLDER"));
  }
  leads("train sparse", "-lr", "--rate");
  leads("train sparse", "--activation", "--hidden-activation");
  leads("train sparse", "--dropout-rate", "--dropout");
  leads("train sparse", "--early-stopping", "--patience");
  leads("train sparse", "--momentum", "--optimizer");
  leads("classify", "--dropout_rate", "--dropout");
  leads("pretrain", "--weight-decay", "--decay");
  leads("rbm", "--weight-decay", "--weight-cost");
  leads("rbm", "--k", "--cd");
  leads("compare", "--bottleneck", "--hidden");
  leads("compare", "--n-neighbors", "--neighbours");
  leads("rbm", "--activation", "");
}

TEST_CASE("threads that cannot be started are an error, not a wait without end") {
#ifndef __SANITIZE_ADDRESS__  // needs more addresses than this leaves
  const Program strata;
  const char* program = std::getenv("STRATA_PROGRAM");
  REQUIRE(program != nullptr);
  const std::string err = strata.file("threads.err");
  const int status =
      std::system((std::string("ulimit -v 2000000; timeout 20 ") + program +
                   " train linear --epochs 1 --quiet --threads 1024 >/dev/null 2>" + err)
                      .c_str());
  CHECK(((status >> 8) & 0xff) == 1);
  CHECK(contains(read_file(err), "cannot start 1024 threads"));
#endif
}

TEST_CASE("wrong options: exit status 2 and one readable line") {
  const Program strata;
  check_refused(strata, "pretrain --layers 64--3", 2, "--layers 64--3");
  check_refused(strata, "pretrain --layers 60-3", 2, "the data has 64 features");
  check_refused(strata, "pretrain --layers 64-65", 2, "compresses nothing");
  check_refused(strata, "train sparse --rho 0", 2, "--rho 0: must lie in (0, 1)");
  check_refused(strata, "train sparse --rho 1", 2, "--rho 1: must lie in (0, 1)");
  check_refused(strata, "train sparse --batch 0", 2,
                "--batch 0: must be a whole number of 1 or more");
  check_refused(strata, "train sparse --beta -1", 2, "--beta -1");
  check_refused(strata, "train sparse --rate nan", 2, "--rate nan");
  check_refused(strata, "train sparse --hidden 0", 2, "--hidden 0");
  check_refused(strata, "train sparse --threads 0", 2, "--threads 0");
  check_refused(strata, "train sparse --loss mse", 2, "half_mse or bce");
  check_refused(strata, "train undercomplete --hidden 64", 2, "no bottleneck");
  check_refused(strata, "train overcomplete --hidden 10", 2, "a bottleneck");
  check_refused(strata, "train linear --layers 64-10-2", 2, "one hidden layer");
  check_refused(strata, "train sparse --rows 5:5", 2, "--rows 5:5: the range is empty");
  check_refused(strata, "train sparse --rows 0:5000", 2, "has 1797 examples");
  check_refused(strata, "train sparse --optimizer adma", 2, "--optimizer adma");
  check_refused(strata, "train sparse extra", 2, "one argument too many");
  check_refused(strata, "train undercomplete --rho 0.1", 2, "--rho: has no effect");
  check_refused(strata, "pretrain --rho 0.1", 2, "without --layer-kind sparse");
  check_refused(strata, "train linear --clip 1", 2, "--clip: lbfgs does not take it");
  check_refused(strata, "pretrain --layer-kind sparse --hidden-activation relu", 2,
                "sigmoid or tanh");
  check_refused(strata, "train linear --seed 9007199254740994", 2, "--seed");
  check_refused(strata, "train linear --save model.npy", 2, "must end in .safetensors");
  for (const char* line :
       {"trace sparse --out", "trace sparse -o", "train linear --save", "train linear --json",
        "check sparse --json", "check sparse --blame --json", "pretrain --json"}) {
    check_refused(strata, text(line, " ''"), 2, ": the file's name is empty");
  }
  CHECK(contains(strata("train --help").out, "step and trace"));
}

TEST_CASE("what would be found out too late is found out before the work") {
  const Program strata;
  write_file(strata.file("plain.csv"), "a,b,c\n1,2,3\n4,5,6\n7,8,9\n1,5,9\n2,5,8\n");
  const std::string data = " --layers 3-2 --data " + strata.file("plain.csv") + " --out " +
                           strata.file("report") + quick;
  const auto refused_at_once = [&](const std::string& arguments, const std::string& part) {
    check_refused(strata, arguments, 1, part);
    CHECK(strata(arguments).out.empty());
    CHECK(!std::filesystem::exists(strata.file("report")));
  };
  refused_at_once("pretrain --classify --scale minmax" + data, "has no labels");
  refused_at_once("pretrain" + data, "--scale minmax");
  refused_at_once("pretrain --scale minmax --rows 0:4" + data, "has no test rows");
  refused_at_once("pretrain --scale minmax --save " + strata.file("no/m.safetensors") + data,
                  "does not exist");
  refused_at_once("train linear --save " + strata.file("no/m.safetensors"), "does not exist");
  write_file(strata.file("taken"), "a file");
  refused_at_once("train linear --out " + strata.file("taken"), "is a file");
  refused_at_once("train linear --json " + strata.file("no/x.json"), "does not exist");
  refused_at_once("check undercomplete --hidden 2 --data " + strata.file("plain.csv"),
                  "--scale minmax");
  CHECK(strata("check undercomplete --hidden 2 --scale minmax --data " + strata.file("plain.csv"))
            .status == 0);
}

TEST_CASE("a result that cannot be written is found out before the training, by every command") {
  const Program strata;
  std::filesystem::create_directories(strata.file("runs"));
  const auto refused = [&](const std::string& command, const std::string& options,
                           const std::string& part) {
    const Result result = check_refused(strata, command + options, 1, part);
    CHECK(result.out.empty());
  };
  const std::string run = " --epochs 2 --rows 0:100 --quiet ";
  for (const std::string command : {"train linear", "rbm", "classify --layers 64-4",
                                    "pretrain --layers 64-4-2", "compare linear"}) {
    const std::string out = strata.file("runs");
    for (const char* name : {"report.html", "results.json", "model.safetensors"}) {
      if (command == "compare linear" && name == std::string("model.safetensors")) continue;
      const std::string file = out + "/" + name;
      std::filesystem::create_directory(file);
      refused(command, run + "--out " + out, file + ": is a folder");
      std::filesystem::remove(file);
      write_file(file, "a result to keep");
      std::filesystem::permissions(file, std::filesystem::perms::owner_read);
      refused(command, run + "--out " + out, file + ": cannot be written (it is read-only)");
      CHECK(read_file(file) == "a result to keep");
      std::filesystem::remove(file);
    }
    write_file(strata.file("taken"), "a file");
    refused(command, run + "--out " + strata.file("taken"), "is a file");
    refused(command, run + "--out " + out + " --json " + out, "is a folder");
    if (!std::filesystem::is_directory("/proc/self")) continue;  // where nobody can make a file
    refused(command, run + "--out /proc/self", "/proc/self/");
    refused(command, run + "--out " + out + " --json /proc/self/x.json",
            "/proc/self/x.json: cannot be written (");
    if (command == "compare linear") continue;
    refused(command, run + "--out " + out + " --checkpoint /proc/self/c",
            "/proc/self/c: cannot be written (");
  }
  std::filesystem::create_directory(strata.file("runs/curves.svg"));
  refused("pretrain", run + "--layers 64-4-2 --out " + strata.file("runs"), "curves.svg: is a");
  for (const char* command : {"trace sparse --out", "check sparse --json", "bench --json"})
    refused(command, " /proc/x", "/proc/x: cannot be written (");
  for (const std::string command : {"check sparse --json ", "trace sparse --out "}) {
    write_file(strata.file("kept"), "to keep");
    std::filesystem::permissions(strata.file("kept"), std::filesystem::perms::owner_read);
    refused(command, strata.file("kept"), "it is read-only");
    std::filesystem::remove(strata.file("kept"));
  }
}

TEST_CASE("more hidden units than memory: refused before anything is taken") {
  const Program strata;
  check_refused(strata, "train sparse --hidden 1000000000", 1, "GB");
  check_refused(strata, "pretrain --layers 64-2000000000-2", 1, "GB");
  check_refused(strata, "train sparse --hidden 99999999999999999999", 2, "--hidden");
}
