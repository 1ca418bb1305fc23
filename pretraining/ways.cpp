#include "pretraining/ways.hpp"

#include <algorithm>

namespace strata {
namespace {

bool has_bounded_range(Activation f) {
  return is_unit_range(f) || is_symmetric_range(f);
}

std::string no_objection(const LayerStack&) {
  return "";
}

void set_plain(LayerPlan&, std::size_t, const LayerStack&, const LayerKindOptions&) {}

// A code that is neither sigmoid nor tanh has no mean activation to compare with ρ, and stays
// plain.
void set_sparse(LayerPlan& plan, std::size_t layer, const LayerStack& stack,
                const LayerKindOptions& options) {
  if (layer == stack.layers && !has_bounded_range(stack.code)) return;
  plan.options.penalties.rho = options.rho;
  plan.options.penalties.beta = options.beta;
}

std::string objection_to_sparse(const LayerStack& stack) {
  if (stack.layers < 2 || has_bounded_range(stack.hidden)) return "";
  return "sparse layers need sigmoid or tanh hidden units, not " + activation_name(stack.hidden);
}

void set_denoising(LayerPlan& plan, std::size_t layer, const LayerStack& stack,
                   const LayerKindOptions& options) {
  plan.corruption = options.corruption;
  if (layer == 1) return;
  plan.corruption->low = is_symmetric_range(stack.hidden) ? Real(-1) : Real(0);
  plan.corruption->high = 1;
}

bool can_be_rbm_units(Activation f) {
  return f == Activation::sigmoid || f == Activation::linear;
}

void set_rbm(LayerPlan& plan, std::size_t, const LayerStack&, const LayerKindOptions& options) {
  const bool linear =
      plan.options.code == Activation::linear || plan.options.output == Activation::linear;
  plan.rbm = options.rbm;
  if (linear) plan.rbm->learning_rate = options.rbm_rate_of_linear;
  plan.rbm->epochs = plan.fit.epochs;
  plan.rbm->batch_size = plan.fit.batch_size;
  plan.rbm->label = plan.fit.label;
}

std::string objection_to_rbm(const LayerStack& stack) {
  const bool hidden = stack.layers < 2 || can_be_rbm_units(stack.hidden);
  if (hidden && can_be_rbm_units(stack.code) && can_be_rbm_units(stack.output)) return "";
  return text("rbm layers need sigmoid or linear units, not ",
              activation_name(!hidden                         ? stack.hidden
                              : !can_be_rbm_units(stack.code) ? stack.code
                                                              : stack.output));
}

}  // namespace

const std::vector<LayerKind>& layer_kinds() {
  // The streams of the methods without pretraining are in compare.hpp.
  static const std::vector<LayerKind> kinds = {
      {"plain", "plain autoencoders",
       "nothing asks these units to be simple: many tiles look like noise.", 3, set_plain,
       no_objection},
      {"sparse", "sparse autoencoders",
       "units that are seldom active: look for strokes and whole shapes.", 11, set_sparse,
       objection_to_sparse},
      {"denoising", "denoising autoencoders",
       "what is missing has to be filled in from its neighbours: look for smooth patches.", 12,
       set_denoising, no_objection},
      {"rbm", "restricted Boltzmann machines",
       "the same weights find a feature and paint it: look for strokes, and for pixels that "
       "exclude each "
       "other.",
       13, set_rbm, objection_to_rbm},
  };
  return kinds;
}

std::vector<std::string> layer_kind_names() {
  std::vector<std::string> names;
  for (const LayerKind& kind : layer_kinds()) names.push_back(kind.name);
  return names;
}

const LayerKind& layer_kind_named(const std::string& name) {
  std::string known;
  for (const LayerKind& kind : layer_kinds()) {
    if (kind.name == name) return kind;
    known += text(known.empty() ? "" : ", ", kind.name);
  }
  throw Error(text("there is no kind of layer '", name, "' (there are ", known, ")"));
}

std::vector<std::string> parse_layer_kinds(const std::string& list) {
  if (list == "all") return layer_kind_names();
  check(text(",", list, ",").find(",all,") == std::string::npos,
        "all stands alone, without other kinds");
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    const std::string name = layer_kind_named(list.substr(begin, end - begin)).name;
    check(std::find(names.begin(), names.end(), name) == names.end(), "the kind of layer ", name,
          " is named twice in '", list, "'");
    names.push_back(name);
    begin = end + 1;
  }
  return names;
}

}  // namespace strata
