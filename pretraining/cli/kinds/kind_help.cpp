// What `strata train KIND --help` says.

#include <algorithm>

#include "pretraining/cli/common.hpp"
#include "pretraining/cli/kinds/model_options.hpp"

namespace strata::cli {
namespace {

const DataShape digits_shape{64, {8, 8}};

std::string as_text(const Json& value) {
  if (value.is_string()) return value.as_string();
  return value.is_number() ? number_text(value.as_number()) : "";
}

// The setting of that key; of a kind that is built around a dense autoencoder, `net`, perhaps that
// one's.
const Json* setting(const Json& settings, const std::string& key) {
  if (const Json* found = settings.find(key)) return found;
  const Json* const net = settings.find("net");
  return net == nullptr ? nullptr : setting(*net, key);
}

// The activation at one end of a list of layers; none where the list is that layer alone and
// `of_several` is wanted.
std::string activation_in(const Json* layers, bool last, bool of_several) {
  if (layers == nullptr || layers->items().empty() || (of_several && layers->items().size() < 2))
    return "";
  return (last ? layers->items().back() : layers->items().front()).as_string();
}

// Options are named like the settings that they become, but for some of the dense autoencoder's.
std::string default_of(const std::string& option, Autoencoder& model) {
  const Json settings = model.settings();
  if (option == "hidden") {
    const Json* const size = settings.find("code_size");
    const bool has_maps = size != nullptr && size->as_number() == 0;
    return has_maps ? "none: the feature maps are the code" : text(model.code_size());
  }
  if (option == "layers") {
    const Json* const sizes = setting(settings, "sizes");
    return sizes == nullptr ? "" : layers_text(sizes_from_json(*sizes));
  }
  const Json* const encoder = setting(settings, "encoder_activations");
  if (option == "code") return activation_in(encoder, true, false);
  if (option == "hidden-activation") {
    const Json* const hidden = setting(settings, "hidden");
    return hidden != nullptr ? as_text(*hidden) : activation_in(encoder, false, true);
  }
  if (option == "output" && encoder != nullptr)
    return activation_in(setting(settings, "decoder_activations"), true, false);
  std::string key = option == "warm-up" ? "warm_up_epochs" : option;
  std::replace(key.begin(), key.end(), '-', '_');
  const Json* const found = setting(settings, key);
  return found == nullptr ? "" : as_text(*found);
}

// Of "variational: …; contractive: …" what is said of this kind; other words stay as they are.
std::string words_for(const Kind& kind, const std::string& help) {
  const std::string begin = std::string(kind.name) + ": ";
  const std::size_t at = help.starts_with(begin) ? 0 : help.find("; " + begin);
  if (at == std::string::npos) return help;
  const std::size_t from = at + begin.size() + (at == 0 ? 0 : 2);
  return help.substr(from, help.find("; ", from) - from);
}

// What brackets say need not be said in words.
void put_default(OptionSpec& spec, const std::string& value) {
  if (value.empty()) return;
  spec.fallback = value;
  for (const std::string& words : {std::string(" (default by kind)"), " (" + value + ")"}) {
    const std::size_t at = spec.help.find(words);
    if (at != std::string::npos) spec.help.erase(at, words.size());
  }
}

std::string training_default(const Kind& kind, const std::string& option) {
  const Defaults& d = kind.defaults;
  if (option == "epochs") return text(d.epochs);
  if (option == "batch") return std::string(d.optimizer) == "lbfgs" ? "all" : "";
  if (option == "rate") return number_text(d.rate);
  if (option == "optimizer") return d.optimizer;
  return option == "schedule" ? d.schedule : "";
}

}  // namespace

std::vector<OptionSpec> specs_with_defaults(const Kind& kind) {
  Rng rng(1);
  const auto model = make_model(kind, digits_shape, Options(kind_specs(), {}), rng);
  std::vector<OptionSpec> specs;
  for (OptionSpec spec : model_specs()) {
    if (!takes(kind, spec.name)) continue;
    spec.help = words_for(kind, spec.help);
    if (!spec.value.empty()) put_default(spec, default_of(spec.name, *model));
    specs.push_back(spec);
  }
  for (OptionSpec spec : read_specs(training_options)) {
    put_default(spec, training_default(kind, spec.name));
    specs.push_back(spec);
  }
  for (OptionSpec spec : read_specs(machine_options())) {
    if (spec.name == "backprop" && !has_explicit_backprop(*model)) spec.fallback = "tape";
    specs.push_back(spec);
  }
  return specs;
}

std::vector<std::pair<std::string, std::string>> list_of_kinds() {
  std::vector<std::pair<std::string, std::string>> list = {{"KIND", "one of these:"}};
  for (const Kind& kind : kinds()) list.emplace_back(std::string("  ") + kind.name, kind.point);
  return list;
}

}  // namespace strata::cli
