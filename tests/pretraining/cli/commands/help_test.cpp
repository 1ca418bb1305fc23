// The pages of --help name defaults in words: they are those of the code.

#include <doctest/doctest.h>

#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/runs/classify.hpp"
#include "pretraining/runs/pretrain.hpp"
#include "pretraining/runs/rbm.hpp"
#include "tests/contains.hpp"

using namespace strata;
using namespace strata::cli;
using strata::testing::contains;

namespace {

const OptionSpec& row(const Command& command, const std::string& name) {
  for (const OptionSpec& spec : command.page.specs) {
    if (spec.name == name) return spec;
  }
  FAIL("no option " << name);
  return command.page.specs.front();
}

std::string fallback(const Command& command, const std::string& name) {
  return row(command, name).fallback;
}

std::string rbm_rates() {
  return number_text(usual_rbm_rate(false, false)) + ", " +
         number_text(usual_rbm_rate(true, false)) + " with persistent chains";
}

}  // namespace

TEST_CASE("the page of pretrain has the defaults for few examples and for many") {
  const Command command = pretrain_command();
  const PretrainOptions few = usual_pretrain_options(0),
                        many = usual_pretrain_options(many_examples);
  const auto check_row = [&](const char* name, const auto& of_few, const auto& of_many) {
    CAPTURE(name);
    const std::string words =
        text("(default: ", of_few, ", or ", of_many, " for ", many_examples, " examples or more");
    CHECK(contains(row(command, name).help, words));
  };
  check_row("pretrain-epochs", few.pretrain_epochs, many.pretrain_epochs);
  check_row("epochs", few.fine_tuning.epochs, many.fine_tuning.epochs);
  check_row("batch", few.fine_tuning.batch_size, many.fine_tuning.batch_size);
  check_row("pretrain-rate", few.pretrain_rate, many.pretrain_rate);
  check_row("rate", few.fine_tuning.learning_rate, many.fine_tuning.learning_rate);
  check_row("decay", few.finetune_decay, many.finetune_decay);
  CHECK(contains(row(command, "pretrain-rate").help, rbm_rates()));
  CHECK(contains(row(command, "pretrain-rate").help,
                 number_text(few.layer.rbm_rate_of_linear) + " with linear units"));
  CHECK(fallback(command, "rho") == number_text(double(few.layer.rho)));
  CHECK(fallback(command, "beta") == number_text(double(few.layer.beta)));
  CHECK(fallback(command, "noise") == number_text(double(few.layer.corruption.amount)));
  CHECK(fallback(command, "corruption") == corruption_kinds.name(few.layer.corruption.kind));
  CHECK(fallback(command, "cd") == text(few.layer.rbm.steps));
  CHECK(fallback(command, "hidden-activation") == activation_name(few.hidden));
  CHECK(fallback(command, "code") == activation_name(few.code));
  CHECK(fallback(command, "output") == activation_name(few.output));
  CHECK(fallback(command, "loss") == loss_kinds.name(few.loss));
}

TEST_CASE("the pages of rbm and classify have the defaults of their runs") {
  const Command rbm = rbm_command(), classify = classify_command();
  const RbmRunOptions r;
  CHECK(fallback(rbm, "momentum") == number_text(r.training.momentum));
  CHECK(fallback(rbm, "weight-cost") == number_text(r.training.weight_cost));
  CHECK(fallback(rbm, "chain-steps") == text(r.steps_between));
  CHECK(fallback(rbm, "ais") == text(r.ais.temperatures));
  CHECK(contains(row(rbm, "rate").help, rbm_rates()));
  CHECK(contains(row(rbm, "rate").help,
                 number_text(usual_rbm_rate(false, true)) + " for layers with Gaussian units"));
  const ClassifyOptions c;
  CHECK(fallback(classify, "layer-kind") == c.way);
  CHECK(fallback(classify, "decay") == number_text(double(c.decay)));
  CHECK(fallback(classify, "draws") == text(c.few_labels.draws));
  CHECK(contains(row(classify, "pretrain-rate").help, rbm_rates()));
}
