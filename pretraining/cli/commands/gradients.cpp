#include <cmath>
#include <cstdio>

#include "core/io/safetensors.hpp"
#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/data_options.hpp"
#include "pretraining/cli/result_file.hpp"

namespace strata::cli {
namespace {

constexpr const char* page = R"(
strata gradients MODEL [options]

The gradient of the model's whole objective over one batch, every parameter under its own name.
)";

constexpr const char* own_options = R"(
--rows A:B [0:32]  the batch: the examples A ≤ i < B, counted from 0
--save FILE {> .safetensors}  write the gradients (safetensors), named like the parameters
--backprop HOW [explicit] {explicit tape}  explicit (the delta rule by hand) or tape (automatic)
)";

int run(const Options& options) {
  const ModelAndData input = read_model_and_data(options, {0, 32});
  Workers workers(threads_of(options));
  Autoencoder& model = *input.saved.model;
  const BackpropKind kind = backprop_for(options, model, "the kind " + input.saved.kind);
  const auto backprop = make_backprop(kind, model, &workers);
  const Batch batch{input.X, {}};
  const std::vector<TermValue>& terms = backprop->gradients(batch);
  if (!std::isfinite(total_of(terms)) || !gradients_are_finite(backprop->parameters(), &workers)) {
    throw Error("the gradient is not finite, and not written; " +
                backprop->explain_non_finite(batch));
  }

  std::printf("objective of %zu examples by %s backprop: %.9g\n", input.data.size(),
              backprop_kinds.name(kind).c_str(), total_of(terms));
  Json term_values = Json::object();
  for (const TermValue& term : terms) {
    std::printf("  %-16s %.9g\n", term.name.c_str(), term.value);
    term_values[term.name] = term.value;
  }
  const int width = name_width(backprop->parameters());
  std::printf("%-*s %-12s %14s\n", width, "parameter", "shape", "largest |d|");
  SafeTensors file;
  for (const Parameter* p : backprop->parameters()) {
    std::printf("%-*s %-12s %15.6g\n", width, p->name.c_str(), text(p->grad.shape).c_str(),
                double(largest_magnitude(p->grad)));
    file.tensors.emplace_back(p->name, p->grad);
  }
  if (options.given("save")) write_safetensors(options.text("save"), file);
  write_json(options, Json::object({{"terms", term_values},
                                    {"total", total_of(terms)},
                                    {"examples", input.data.size()}}));
  return 0;
}

}  // namespace

Command gradients_command() {
  return {"every gradient of one batch, to .safetensors",
          read_page(text(page, model_argument, new_data_option, own_options, threads_option,
                         json_option)),
          run};
}

}  // namespace strata::cli
