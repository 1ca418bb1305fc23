// The program as a user meets it: what it prints, writes and returns, and one readable line for
// everything that can go wrong. Runs the program that STRATA_PROGRAM names (make test sets it).

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "autoencoders/files/model_file.hpp"
#include "core/data/files/csv.hpp"
#include "core/data/files/npy.hpp"
#include "core/io/files.hpp"
#include "core/io/json.hpp"
#include "core/io/safetensors.hpp"
#include "tests/check_close.hpp"
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
  check_refused(strata, "", 2, "which command?");
  check_refused(strata, "pretain", 2, "did you mean pretrain?");
  check_refused(strata, "trian sparse", 2, "did you mean train?");
  check_refused(strata, "train sprase", 2, "did you mean sparse?");
  check_refused(strata, "train", 2, "missing KIND");
  check_refused(strata, "train sparse --epoch 3", 2, "did you mean --epochs?");
}

TEST_CASE(
    "pretrain writes results.json as documented, the report and the model; and the same seed the "
    "same "
    "digits") {
  const Program strata;
  const auto run = [&](const std::string& more) {
    const Result result = strata("pretrain --out " + strata.file("report") + quick + more);
    CAPTURE(result.err);
    REQUIRE(result.status == 0);
    CHECK(result.err.empty());  // no bar: not a terminal
    return parse_json(read_file(strata.file("report") + "/results.json"), "results.json");
  };
  Json first = run(" --threads 1");
  CHECK(first.at("program").as_string() == "strata");
  CHECK(first.at("command").as_string() == "pretrain");
  CHECK(first.at("real").as_string() == real_name);
  CHECK(first.at("seed").as_size() == 1);
  CHECK(first.at("threads").as_size() == 1);
  CHECK(first.at("data").at("train").as_size() == 1438);
  CHECK(first.at("data").at("test").as_size() == 359);
  CHECK(first.at("error_unit").as_string() == "squared error per example");
  const char* names[] = {"pca",         "logistic_pca", "shallow",
                         "deep_random", "greedy",       "greedy_finetuned"};
  for (std::size_t k = 0; k < 6; ++k)
    CHECK(first.at("methods").items()[k].at("name").as_string() == names[k]);
  CHECK(contains(read_file(strata.file("report") + "/report.html"), "<!doctype html>"));
  CHECK(load_model(strata.file("report") + "/model.safetensors").model->architecture() ==
        "64-100-50-2");

  const auto without_time = [](Json json) {
    json["threads"] = 0;
    for (std::size_t k = 0; k < 6; ++k)
      std::get<Json::Array>(json["methods"].value)[k]["seconds"] = 0;
    return json.dump();
  };
  CHECK(without_time(run(" --threads 2")) == without_time(first));
  CHECK(without_time(run(" --threads 1")) == without_time(first));
  CHECK(without_time(run(" --seed 2")) != without_time(first));
  const Result classified =
      strata("pretrain --classify --layers 64-20-5 --layer-kind sparse --out " +
             strata.file("report") + quick);
  CHECK(contains(classified.out, "fine-tuned through every layer"));
}

TEST_CASE("a CSV of one's own: train, encode new rows, reconstruct, gradients and check") {
  const Program strata;
  std::string csv = "height,width,weight,label\n";
  for (int i = 0; i < 40; ++i) csv += text(10 + i, ",", 200 - i, ",", i % 7, ",", i % 2, "\n");
  write_file(strata.file("mine.csv"), csv);
  check_refused(strata, "train undercomplete --hidden 2 --data " + strata.file("mine.csv"), 1,
                "--scale minmax");
  const std::string model = strata.file("mine.safetensors");
  const Result trained =
      strata("train undercomplete --hidden 2 --scale minmax --data " + strata.file("mine.csv") +
             " --save " + model + " --json " + strata.file("mine.json") + " --quiet");
  CAPTURE(trained.err);
  REQUIRE(trained.status == 0);
  CHECK(contains(trained.out, "undercomplete autoencoder 3-2 and back on"));
  CHECK(contains(trained.out, "32 training and 8 test examples"));
  const Json json = parse_json(read_file(strata.file("mine.json")), "mine.json");
  CHECK(json.at("test_error").as_number() < 0.3);

  CHECK(strata("encode " + model + " --data " + strata.file("mine.csv") + " --save " +
               strata.file("codes.npy"))
            .status == 0);
  CHECK(text(read_npy(strata.file("codes.npy")).shape) == "40×2");
  CHECK(strata("encode " + model + " --data " + strata.file("mine.csv") + " --rows 3:5 --save " +
               strata.file("codes.csv"))
            .status == 0);
  const Tensor two = read_csv(strata.file("codes.csv")).X;
  check_close(two, slice_rows(read_npy(strata.file("codes.npy")), 3, 5), 1e-12);
  const Result reconstructed = strata("reconstruct " + model + " --data " +
                                      strata.file("mine.csv") + " --save " + strata.file("r.csv"));
  CHECK(reconstructed.status == 0);
  CHECK(strata("reconstruct " + model + " --data " + strata.file("mine.csv") + " --save " +
               strata.file("r.npy") + " --errors " + strata.file("e.csv"))
            .status == 0);
  const Tensor errors = read_csv(strata.file("e.csv")).X;
  CHECK(text(errors.shape) == "40×1");
  check_close(column_means(errors)[0],
              std::stod(reconstructed.err.substr(reconstructed.err.find(": ") + 2)), 1e-4);
  CHECK(contains(reconstructed.err, "squared error per example: "));
  const Tensor R = read_csv(strata.file("r.csv")).X;
  CHECK(R(0, 1) > 150);  // in the data's own units
  CHECK(strata("encode " + model + " --data " + strata.file("mine.csv") + " --save " +
               strata.file("codes.png"))
            .status == 0);
  CHECK(read_file(strata.file("codes.png")).starts_with("\x89PNG"));
  CHECK(contains(strata("encode " + model + " --rows 0:2 --data " + strata.file("mine.csv")).out,
                 "code0,code1\n"));

  const Result gradients =
      strata("gradients " + model + " --data " + strata.file("mine.csv") + " --rows 0:8 --save " +
             strata.file("g.safetensors") + " --json " + strata.file("g.json"));
  CHECK(gradients.status == 0);
  CHECK(text(read_safetensors(strata.file("g.safetensors")).at("decoder.0.W").shape) == "2×3");
  CHECK(parse_json(read_file(strata.file("g.json")), "g").at("terms").has("reconstruction"));
  CHECK(strata("check " + model + " --data " + strata.file("mine.csv")).status == 0);

  check_refused(strata, "encode " + model, 1,
                "the model has 3 features but 'digits' has 64 (name the data with --data)");
  check_refused(strata, "check " + model + " --hidden 3", 2, "a saved model is checked as it is");
  check_refused(strata, "gradients " + model, 1, "the model has 3 features but 'digits' has 64");
  check_refused(strata, "encode " + model + " --data " + strata.file("mine.csv") + " --save x.jpg",
                2, ".npy, .csv, .png");
}

TEST_CASE("every kind trains, saves, and passes the three-way gradient check") {
  const Program strata;
  for (const char* kind : {"linear", "undercomplete", "overcomplete", "multilayer", "sparse",
                           "sparse --l1 0.1 --code relu", "sparse --tied",
                           "sparse --code tanh --output linear", "multilayer --tied", "denoising",
                           "denoising --corruption salt_and_pepper --noise 0.1 --tied",
                           "multilayer --corruption gaussian"}) {
    CAPTURE(kind);
    const Result trained =
        strata(std::string("train ") + kind + " --rows 0:100 --epochs 2 --quiet --save " +
               strata.file("m.safetensors"));
    CAPTURE(trained.err);
    CHECK(trained.status == 0);
    CHECK(contains(trained.out, "squared error per example"));
    CHECK(strata("encode " + strata.file("m.safetensors") + " --rows 0:3").status == 0);
    const Result checked = strata(std::string("check ") + kind);
    CAPTURE(checked.out);
    CHECK(checked.status == 0);
    CHECK(contains(checked.out, "encoder.0.W"));
    CHECK(!contains(checked.out, "WRONG"));
  }
  CHECK(contains(strata("check sparse").out, "all agree"));
}

TEST_CASE("early stopping is judged by training rows that are held out") {
  const Program strata;
  const Result result = strata(
      "train undercomplete --rows 0:300 --epochs 40 --patience 2 --rate 0.05 --quiet --json " +
      strata.file("p.json"));
  CHECK(result.status == 0);
  CHECK(contains(result.out, "24 of the training examples are held out to stop by"));
  CHECK(parse_json(read_file(strata.file("p.json")), "p").at("best_epoch").as_size() >= 1);
  CHECK(contains(strata("train multilayer --rows 0:50 --epochs 2 --optimizer sgd --schedule step "
                        "--clip 1 --quiet")
                     .out,
                 "after 2 epochs of sgd"));
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

TEST_CASE("data says what a set holds") {
  const Program strata;
  const Result digits = strata("data digits --json " + strata.file("d.json"));
  CHECK(contains(digits.out, "digits: 1797 examples of 64 features, pictures of 8×8"));
  CHECK(contains(digits.out, "1438 of them for training, 359 for testing"));
  CHECK(parse_json(read_file(strata.file("d.json")), "d").at("labels").at("0").as_size() == 178);
  CHECK(contains(strata("data digits --rows 0:10").out, "10 examples"));
}

TEST_CASE(
    "rows keep their side of the split: index % 5 == 4 is for testing, wherever the range begins") {
  const Program strata;
  const std::string train = "train linear --hidden 2 --epochs 1 --quiet --rows ";
  // 4 and 9 are for testing
  CHECK(contains(strata(train + "4:10").out, "4 training and 2 test examples"));
  CHECK(contains(strata(train + "5:9").out, "4 training and 0 test examples"));
  CHECK(contains(strata(train + "9:12").out, "2 training and 1 test examples"));
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

TEST_CASE(
    "what is not finite is said first, by check and by check --blame, with the command that goes "
    "there") {
  const Program strata;
  const std::string big = sizeof(Real) == 8 ? "1e200" : "1e30";
  write_file(strata.file("big.csv"), "a,b,c\n" + big + ",2,3\n4," + big + ",6\n7,8,9\n");
  for (const char* blame : {"", " --blame"}) {
    const Result result =
        strata("check linear --hidden 1 --data " + strata.file("big.csv") + blame);
    CAPTURE(result.out);
    CHECK(result.status == 1);
    const std::size_t said =
        result.out.find("\n\nnot finite: the first value that is not finite is node 7");
    CHECK(said == result.out.find('\n'));
    CHECK(contains(result.out, "strata step linear --data " + strata.file("big.csv") +
                                   " --hidden 1 --do nan\n"));
    CHECK_FALSE(contains(result.out, "the rule by hand"));
    CHECK_FALSE(contains(result.out, "WRONG"));
    CHECK_FALSE(contains(result.out, "every rule is right"));
  }
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

TEST_CASE("test rows beyond the training rows' range are not cut: their error shows") {
  const Program strata;
  std::string csv = "a,b,c,d\n";
  for (int i = 0; i < 20; ++i)
    // Row 4 is for testing
    csv += text(i % 7, ",", i % 3, ",", i == 4 ? 900 : i % 5, ",", i % 4, "\n");
  write_file(strata.file("outlier.csv"), csv);
  const Result trained = strata("train undercomplete --scale minmax --epochs 3 --quiet --data " +
                                strata.file("outlier.csv") + " --json " + strata.file("o.json"));
  CHECK(trained.status == 0);
  CHECK(parse_json(read_file(strata.file("o.json")), "o").at("test_error").as_number() > 1000);
}

TEST_CASE("more hidden units than memory: refused before anything is taken") {
  const Program strata;
  check_refused(strata, "train sparse --hidden 1000000000", 1, "GB");
  check_refused(strata, "pretrain --layers 64-2000000000-2", 1, "GB");
  check_refused(strata, "train sparse --hidden 99999999999999999999", 2, "--hidden");
}

TEST_CASE("bad files: exit status 1, one line that names the file, and nothing half-written") {
  const Program strata;
  const auto bad = [&](const std::string& name, const std::string& bytes, const std::string& part) {
    const std::string path = strata.file(name);
    write_file(path, bytes);
    check_refused(
        strata,
        "train linear --hidden 1 --data " + path + " --save " + strata.file("never.safetensors"), 1,
        part);
    CHECK(!std::filesystem::exists(strata.file("never.safetensors")));
  };
  bad("text.csv", "1,2,3\n4,abc,6\n", ":2:2");
  bad("ragged.csv", "1,2,3\n4,5\n", ":2");
  bad("nan.csv", "1,2,3\n4,nan,6\n", "nan");
  bad("empty.csv", "", "empty");
  bad("zero-rows.csv", "a,b,c\n", "");
  bad("bad.npy", "not an array", "");
  check_refused(strata, "data " + strata.file("no-such.csv"), 1, "no such file");
  check_refused(strata, "data no-such-thing", 1, "digits");
  const std::string folder = strata.file("folder.csv");
  std::filesystem::create_directory(folder);
  check_refused(strata, "data " + folder, 1, "");
  check_refused(strata, "encode " + strata.file("text.csv"), 2,
                "is data; here the file of a model is wanted");
  write_file(strata.file("no.model"), "neither");
  check_refused(strata, "encode " + strata.file("no.model"), 1, strata.file("no.model"));
  check_refused(strata, "encode " + strata.file("no.safetensors"), 1, "no such file");
  std::string lies(8, '\0');
  lies[7] = 0x10;  // a header of 2^60 bytes
  write_file(strata.file("lies.safetensors"), lies + "{}");
  check_refused(strata, "encode " + strata.file("lies.safetensors"), 1, "header");
  write_file(strata.file("file"), "in the way");
  check_refused(strata, "pretrain --out " + strata.file("file") + quick, 1, strata.file("file"));
  check_refused(
      strata,
      "train linear --epochs 1 --quiet --save " + strata.file("no/such/folder/m.safetensors"), 1,
      "");
}

TEST_CASE("IDX folders that lie are refused with what was expected and found") {
  const Program strata;
  const std::string folder = strata.file("idx");
  std::filesystem::create_directory(folder);
  const auto idx = [](std::uint32_t magic, std::vector<std::uint32_t> sizes, std::size_t bytes) {
    std::string file;
    const auto put = [&file](std::uint32_t value) {
      for (int shift = 24; shift >= 0; shift -= 8) file += char((value >> shift) & 0xff);
    };
    put(magic);
    for (std::uint32_t size : sizes) put(size);
    return file + std::string(bytes, '\x7f');
  };
  const auto write = [&](const std::string& images) {
    write_file(folder + "/train-images-idx3-ubyte", images);
    write_file(folder + "/train-labels-idx1-ubyte", idx(0x801, {10}, 10));
    write_file(folder + "/t10k-images-idx3-ubyte", idx(0x803, {3, 2, 2}, 12));
    write_file(folder + "/t10k-labels-idx1-ubyte", idx(0x801, {3}, 3));
  };
  write(idx(0x803, {10, 2, 2}, 40));
  CHECK(contains(strata("train linear --hidden 1 --epochs 2 --quiet --data " + folder).out,
                 "10 training and 3 test examples"));
  CHECK(contains(strata("data " + folder).out, "training files: "));
  CHECK(contains(strata("data " + folder).out, "3 examples of 4 features"));
  write(idx(0x803, {10, 2, 2}, 39));
  check_refused(strata, "data " + folder, 1, "train-images-idx3-ubyte");
  write(idx(0x803, {10, 2, 2}, 41));
  check_refused(strata, "data " + folder, 1, "train-images-idx3-ubyte");
  write(idx(0x12345678, {10, 2, 2}, 40));
  check_refused(strata, "data " + folder, 1, "train-images-idx3-ubyte");
  write(idx(0x803, {0xffffffff, 0xffffffff, 0xffffffff}, 40));
  check_refused(strata, "data " + folder, 1, "train-images-idx3-ubyte");
}
