// Every kind of the command line, plain and with each of its options: saved, loaded, copied and
// trained on, to the same bits; and every gradient of its objective against differences, term by
// term.

#include <doctest/doctest.h>

#include <set>

#include "autoencoders/files/model_file.hpp"
#include "core/gradcheck/gradcheck.hpp"
#include "core/io/safetensors.hpp"
#include "tests/allocation_count.hpp"
#include "tests/autoencoders/small_kinds.hpp"
#include "tests/check_close.hpp"
#include "tests/scratch.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

Dataset some_data(std::size_t features) {
  Rng rng(11);
  Dataset data;
  data.name = "small";
  data.X = uniform_tensor({20, features}, rng, 0.05, 0.95);
  return data;
}

History two_epochs(Autoencoder& model, const Dataset& data, std::uint64_t seed) {
  Rng rng(seed);
  FitOptions fit;
  fit.epochs = 2;
  fit.batch_size = 6;  // the last batch is smaller
  fit.learning_rate = 0.01;
  return train(model, data, rng, fit, {BackpropKind::tape, nullptr});
}

void check_same(Autoencoder& a, Autoencoder& b, const Tensor& X) {
  CHECK(a.settings() == b.settings());
  CHECK(a.architecture() == b.architecture());
  const std::vector<Parameter*> ours = a.parameters(), theirs = b.parameters();
  REQUIRE(ours.size() == theirs.size());
  for (std::size_t p = 0; p < ours.size(); ++p) {
    CAPTURE(ours[p]->name);
    CHECK(ours[p]->name == theirs[p]->name);
    CHECK(ours[p]->decays == theirs[p]->decays);
    CHECK(ours[p]->value.shape == theirs[p]->value.shape);
    CHECK(ours[p]->value.values == theirs[p]->value.values);
  }
  CHECK(a.encode(X).values == b.encode(X).values);
  CHECK(a.reconstruct(X).values == b.reconstruct(X).values);
  const std::vector<Rng*> its = a.generators(), copies = b.generators();
  REQUIRE(its.size() == copies.size());
  for (std::size_t g = 0; g < its.size(); ++g)
    CHECK(its[g]->state().words == copies[g]->state().words);
}

// For each kind and each of its options: a model that was trained for two epochs.
template <class Check>
void for_every_trained_model(const Check& check_it) {
  for (const Kind& kind : kinds()) {
    for (const std::vector<std::string>& own : variants_of(kind)) {
      INFO(in_words(kind, own));
      std::unique_ptr<Autoencoder> model;
      const std::string refused = error_of([&] { model = small_subject(kind, own).model; });
      if (!refused.empty()) continue;  // counted in the test of the gradients
      const Dataset data = some_data(model->features());
      two_epochs(*model, data, 1);
      check_it(*model, data);
    }
  }
}

}  // namespace

TEST_CASE(
    "every kind comes back from its file to the same bits, and training goes on as if never "
    "interrupted") {
  const Scratch scratch;
  const std::string path = scratch.file("m.safetensors");
  for_every_trained_model([&](Autoencoder& model, const Dataset& data) {
    Rng rng(3);
    const ModelFacts facts{"some kind",
                           {uniform_tensor({data.features()}, rng, 0, 1),
                            uniform_tensor({data.features()}, rng, 1, 2)},
                           {2, data.features() / 2}};
    save_model(path, model, facts);
    const SavedModel back = load_model(path);
    CHECK(back.kind == "some kind");
    CHECK(back.image == facts.image);
    CHECK(back.scaling.shift.values == facts.scaling.shift.values);
    CHECK(back.scaling.scale.values == facts.scaling.scale.values);
    check_same(model, *back.model, data.X);

    const Tensor before = model.parameters()[0]->value;
    const History here = two_epochs(model, data, 2), there = two_epochs(*back.model, data, 2);
    CHECK(model.parameters()[0]->value.values != before.values);
    CHECK(here.epochs.back().loss == there.epochs.back().loss);
    check_same(model, *back.model, data.X);
  });
}

TEST_CASE("a replayed step allocates nothing, whatever the kind and its options") {
  for_every_trained_model([](Autoencoder& model, const Dataset& data) {
    TapeBackprop backprop(model);
    const Batch batch{data.X, {}};
    backprop.gradients(batch);
    const std::size_t before = testing::allocation_count();
    for (int step = 0; step < 3; ++step) backprop.gradients(batch);
    CHECK(testing::allocation_count() == before);
  });
}

TEST_CASE("a file whose settings are broken is refused by its name, whatever the kind") {
  const Scratch scratch;
  const std::string path = scratch.file("m.safetensors");
  for (const Kind& kind : kinds()) {
    CAPTURE(kind.name);
    const Subject subject = small_subject(kind);
    save_model(path, *subject.model);
    const SafeTensors whole = read_safetensors(path);
    const Json settings = subject.model->settings();
    const auto error_with = [&](const Json& metadata) {
      SafeTensors file = whole;
      file.metadata[0].second = metadata.dump();
      write_safetensors(path, file);
      return error_of([&] { load_model(path); });
    };
    const Json metadata = parse_json(whole.metadata[0].second, "metadata");
    CHECK(error_with(metadata).empty());
    Json other = metadata;
    other["model"] = "hopfield";
    CHECK(error_with(other).starts_with(path + ": there is no model 'hopfield'"));
    for (const auto& member : settings.members()) {
      const std::string& key = member.first;
      CAPTURE(key);
      Json foreign = metadata;
      foreign[key] = Json::object({{"no", "setting"}});
      const std::string error = error_with(foreign);
      CAPTURE(error);
      CHECK(error.starts_with(path + ": "));
      CHECK(error.size() > path.size() + 10);
    }
    for (const std::string& name : {whole.tensors.front().first, whole.tensors.back().first}) {
      SafeTensors missing = whole;
      std::erase_if(missing.tensors, [&](const auto& tensor) { return tensor.first == name; });
      write_safetensors(path, missing);
      CHECK(error_of([&] { load_model(path); }).find(name) != std::string::npos);
    }
  }
}

TEST_CASE(
    "every term of every kind has the gradient that differences have, with each of its options") {
  std::set<std::string> accepted, refused;
  for (const Kind& kind : kinds()) {
    for (const std::vector<std::string>& own : variants_of(kind)) {
      INFO(in_words(kind, own));
      Subject subject;
      try {
        subject = small_subject(kind, own);
      } catch (const UsageError& error) {  // options that do not go together are refused in words
        CHECK(std::string(error.what()).size() > 20);
        CHECK(!own.empty());
        refused.insert(own[0]);
        continue;
      }
      accepted.insert(own.empty() ? "" : own[0]);
      Autoencoder& model = *subject.model;
      model.start_epoch(2);  // a weight that rises from epoch to epoch is above 0 by then
      Tape tape;
      const Objective objective =
          model.objective(tape, tape.input(subject.batch.X, "X"), {}, Mode::training);
      CHECK(objective.terms.size() >= 1);
      for (const Term& term : objective.terms) {
        CAPTURE(term.name);
        CHECK(term.value.value().item() != 0);
      }
      for (const TensorCheck& c : check_objective(tape, objective, model.parameters())) {
        INFO(c.tensor, ", ", c.term, ": ", c.worst.reason, " analytic ", c.worst.analytic,
             " numeric ", c.worst.numeric);
        // Float: too few digits
        const bool rounded = sizeof(Real) == 4 && c.verdict == Verdict::undecided;
        const bool is_right = c.verdict == Verdict::ok || rounded;
        CHECK(is_right);
      }
    }
  }
  // By some kinds: an option that all refuse would go unseen
  for (const std::string& option : refused) {
    CAPTURE(option);
    CHECK(accepted.count(option) == 1);
  }
}
