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

void set_plain(LayerPlan&, std::size_t, const LayerStack&, const WayOptions&) {}

// A code that is neither sigmoid nor tanh has no mean activation to compare with ρ, and stays
// plain.
void set_sparse(LayerPlan& plan, std::size_t layer, const LayerStack& stack,
                const WayOptions& options) {
  if (layer == stack.layers && !has_bounded_range(stack.code)) return;
  plan.options.penalties.rho = options.rho;
  plan.options.penalties.beta = options.beta;
}

std::string objection_to_sparse(const LayerStack& stack) {
  if (stack.layers < 2 || has_bounded_range(stack.hidden)) return "";
  return "sparse layers need sigmoid or tanh hidden units, not " + activation_name(stack.hidden);
}

void set_denoising(LayerPlan& plan, std::size_t layer, const LayerStack& stack,
                   const WayOptions& options) {
  plan.corruption = options.corruption;
  if (layer == 1) return;
  plan.corruption->low = is_symmetric_range(stack.hidden) ? Real(-1) : Real(0);
  plan.corruption->high = 1;
}

bool can_be_rbm_units(Activation f) {
  return f == Activation::sigmoid || f == Activation::linear;
}

void set_rbm(LayerPlan& plan, std::size_t, const LayerStack&, const WayOptions& options) {
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

const std::vector<Way>& ways() {
  // The streams of the methods without pretraining are in runs/pretrain.hpp.
  static const std::vector<Way> table = {
      {.name = "plain",
       .words = "plain autoencoders",
       .look_for = "nothing asks these units to be simple: many tiles look like noise.",
       .stream = 3,
       .set = set_plain,
       .objection = no_objection},
      {.name = "sparse",
       .words = "sparse autoencoders",
       .look_for = "units that are seldom active: look for strokes and whole shapes.",
       .stream = 11,
       .set = set_sparse,
       .objection = objection_to_sparse},
      {.name = "denoising",
       .words = "denoising autoencoders",
       .look_for =
           "what is missing has to be filled in from its neighbours: look for smooth patches.",
       .stream = 12,
       .set = set_denoising,
       .objection = no_objection},
      {.name = "rbm",
       .words = "restricted Boltzmann machines",
       .look_for = "the same weights find a feature and paint it: look for strokes, and for pixels "
                   "that exclude each other.",
       .stream = 13,
       .set = set_rbm,
       .objection = objection_to_rbm},
  };
  return table;
}

std::vector<std::string> way_names() {
  std::vector<std::string> names;
  for (const Way& way : ways()) names.push_back(way.name);
  return names;
}

const Way& way_named(const std::string& name) {
  std::string known;
  for (const Way& way : ways()) {
    if (way.name == name) return way;
    known += text(known.empty() ? "" : ", ", way.name);
  }
  throw Error(text("there is no way '", name, "' to pretrain a layer (there are ", known, ")"));
}

std::vector<std::string> parse_ways(const std::string& list) {
  if (list == "all") return way_names();
  check(text(",", list, ",").find(",all,") == std::string::npos,
        "all stands alone, without other ways");
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    const std::string name = way_named(list.substr(begin, end - begin)).name;
    check(std::find(names.begin(), names.end(), name) == names.end(), "the way ", name,
          " is named twice in '", list, "'");
    names.push_back(name);
    begin = end + 1;
  }
  return names;
}

}  // namespace strata
