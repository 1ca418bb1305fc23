// What is not finite is never written, and never reported like a result.

#include <doctest/doctest.h>

#include <filesystem>
#include <limits>

#include "autoencoders/files/model_file.hpp"
#include "autoencoders/undercomplete.hpp"
#include "core/io/safetensors.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// 30 rows of 6 numbers.
void write_table(const std::string& path, double scale) {
  std::string lines = "a,b,c,d,e,f\n";
  for (int i = 0; i < 30; ++i) {
    for (int j = 0; j < 6; ++j)
      lines += std::to_string(scale * ((i * 7 + j * 5) % 11 + i % 3)) + (j == 5 ? "\n" : ",");
  }
  write_file(path, lines);
}

}  // namespace

TEST_CASE("a training that ran away in its last steps fails, and writes nothing") {
  const Program strata;
  write_table(strata.file("table.csv"), 1);
  const std::string out = strata.file("run");
  check_refused(strata,
                "train linear --data " + strata.file("table.csv") +
                    " --optimizer sgd --rate 30 --batch 100 --schedule constant --epochs 5 --quiet "
                    "--out " +
                    out,
                1, "try a smaller learning rate");
  CHECK(!std::filesystem::exists(out + "/model.safetensors"));
}

TEST_CASE("a first value that is not finite asks for scaled data, not for a smaller rate") {
  const Program strata;
  write_table(strata.file("table.csv"), sizeof(Real) == 8 ? 1e200 : 1e30);
  const Result result = check_refused(
      strata,
      "train linear --quiet --data " + strata.file("table.csv") + " --out " + strata.file("o"), 1,
      "scale the data");
  CHECK(!contains(result.err, "smaller learning rate"));
}

TEST_CASE("a model file with a NaN in it is refused by every command that reads one") {
  const Program strata;
  Rng rng(1);
  DenseAutoencoder model(undercomplete_autoencoder(64, 3), rng);
  const std::string path = strata.file("m.safetensors");
  save_model(path, model, {"undercomplete", {}, {8, 8}});
  SafeTensors file = read_safetensors(path);
  file.tensors[0].second(2, 1) = std::numeric_limits<Real>::quiet_NaN();
  write_safetensors(path, file);
  for (const char* command : {"encode", "reconstruct", "gradients", "check"})
    check_refused(strata, text(command, " ", path), 1, "encoder.0.W[2,1] is nan");
  model.encoder[0].W.value(0, 0) = std::numeric_limits<Real>::infinity();
  CHECK_THROWS_AS(save_model(path, model, {"undercomplete", {}, {8, 8}}), Error);
}

TEST_CASE("gradients that are not finite are not written") {
  const Program strata;
  Rng rng(1);
  DenseAutoencoder model({.sizes = {64, 3}, .output = Activation::linear}, rng);
  model.decoder[0].W.value.fill(std::numeric_limits<Real>::max());  // times activations of ½
  const std::string path = strata.file("m.safetensors"), out = strata.file("g.safetensors");
  save_model(path, model, {"undercomplete", {}, {8, 8}});
  check_refused(strata, "gradients " + path + " --save " + out, 1, "not finite, and not written");
  CHECK(!std::filesystem::exists(out));
  check_refused(strata, "reconstruct " + path + " --save " + strata.file("r.csv"), 1,
                "the squared error is inf");
  CHECK(!std::filesystem::exists(strata.file("r.csv")));
}

TEST_CASE("data outside [0, 1] are refused where the model's outputs cannot reach them") {
  const Program strata;
  Rng rng(1);
  DenseAutoencoder model(undercomplete_autoencoder(6, 2), rng);
  const std::string path = strata.file("m.safetensors");
  save_model(path, model, {"undercomplete", {}, {}});
  write_table(strata.file("table.csv"), 1);
  for (const char* command : {"encode", "reconstruct", "gradients"})
    check_refused(strata, text(command, " ", path, " --data ", strata.file("table.csv")), 1,
                  "[0, 1]");
}
