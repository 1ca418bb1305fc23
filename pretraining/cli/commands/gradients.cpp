#include <cstdio>

#include "core/io/safetensors.hpp"
#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/common.hpp"

namespace strata::cli {

int gradients_command(const Arguments& arguments) {
  const CommandLine line{
      "strata gradients MODEL [options]",
      "The gradient of the model's whole objective over one batch, every parameter under its own "
      "name.",
      {{"MODEL",
        "a file that `strata train` or `strata pretrain` wrote, like "
        "build/sparse/model.safetensors"}},
      join({{{"data", "DATA", "digits",
              "digits, a folder of IDX files (its test files), FILE.csv or FILE.npy"},
             {"rows", "A:B", "0:32", "the batch: the examples A ≤ i < B, counted from 0"},
             {"save", "FILE", "", "write the gradients (safetensors), named like the parameters"},
             {"backprop", "HOW", "explicit",
              "explicit (the delta rule by hand) or tape (automatic)"},
             threads_spec()},
            json_specs()}),
      1,
      1};
  const auto options = read_command_line(line, arguments);
  if (!options) return 0;
  check_can_save_model(*options, "save");
  check_can_write(*options, {"json"});
  ModelAndData input = read_model_and_data(*options, {0, 32});
  Workers workers(threads_of(*options));
  BackpropKind kind = backprop_named(options->choice("backprop", {"explicit", "tape"}));
  if (!has_explicit_backprop(*input.saved.model)) {
    if (options->given("backprop") && kind == BackpropKind::explicit_rule)
      throw no_rule_by_hand("the kind " + input.saved.kind, *input.saved.model);
    kind = BackpropKind::tape;
  }
  const auto backprop = make_backprop(kind, *input.saved.model, &workers);
  const std::vector<TermValue>& terms = backprop->gradients({input.X, {}});

  std::printf("objective of %zu examples by %s backprop: %.9g\n", input.data.size(),
              backprop_name(kind), total_of(terms));
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
  if (options->given("save")) write_safetensors(options->text("save"), file);
  write_json(*options, Json::object({{"terms", term_values},
                                     {"total", total_of(terms)},
                                     {"examples", input.data.size()}}));
  return 0;
}

}  // namespace strata::cli
