// What the report says of the kinds of layer beside each other: report_figures.hpp.

#include "pretraining/report_figures.hpp"

namespace strata::report {

std::string name_with_kind(const Comparison& c, const MethodResult& method) {
  if (method.layer_kind.empty() || c.options.layer_kinds.size() == 1) return method.name;
  return "greedy_" + method.layer_kind + (method.name.ends_with("_finetuned") ? "_finetuned" : "");
}

std::string pretrained_in_words(const std::string& method, bool at_length) {
  const std::string before = "greedy_", after = "_finetuned";
  if (!method.starts_with(before)) return method;
  const bool is_finetuned = method.ends_with(after);
  const std::size_t end = method.size() - (is_finetuned ? after.size() : 0);
  const std::string kind = method.substr(before.size(), end - before.size());
  if (!at_length) return "deep, " + kind + (is_finetuned ? ", fine-tuned" : ", pretrained");
  return "deep autoencoder, pretrained by " + kind + " layers" + (is_finetuned ? ", then fine-tuned" : "");
}

}  // namespace strata::report
