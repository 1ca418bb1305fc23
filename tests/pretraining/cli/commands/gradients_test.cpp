// strata gradients: by hand and by tape, the same numbers, and those of the library.

#include <doctest/doctest.h>

#include "autoencoders/explicit/backprop.hpp"
#include "autoencoders/files/model_file.hpp"
#include "autoencoders/sparse.hpp"
#include "core/data/files/load.hpp"
#include "core/io/safetensors.hpp"
#include "tests/check_close.hpp"
#include "tests/digits.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("gradients writes one backward pass over the rows, by hand and by tape") {
  const Program strata;
  Rng rng(1);
  DenseAutoencoder model(sparse_autoencoder(64, 5, {.beta = 1, .decay = Real(1e-3)}), rng);
  const std::string path = strata.file("m.safetensors");
  save_model(path, model, {"sparse", {}, {8, 8}});
  ExplicitBackprop backprop(model);
  const Dataset first = rows(load_rows("digits"), 0, 32);
  backprop.gradients(first.X, first.X);
  for (const char* how : {"explicit", "tape"}) {
    CAPTURE(how);
    const std::string out = strata.file("g.safetensors");
    CHECK(strata(text("gradients ", path, " --backprop ", how, " --save ", out)).status == 0);
    const SafeTensors written = read_safetensors(out);
    for (const Parameter* p : model.parameters()) {
      CAPTURE(p->name);
      check_close(written.at(p->name), p->grad, by_real(1e-12, 1e-4));
    }
  }
}
