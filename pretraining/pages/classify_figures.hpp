#pragma once
// The figures of the page of `strata classify`.

#include <string>

#include "pretraining/runs/classify.hpp"

namespace strata::report {

/// Test accuracy against the number of labels, as a chart with a logarithmic axis and as a table.
/// Empty where it was not asked for.
std::string few_labels_figures(const Classification& result);
/// Loss and test accuracy of the softmax alone, and of fine-tuning from both starts.
std::string classifier_curves(const Classification& result);
/// The confusion matrices before and after, as tables whose cells are shaded; empty for more
/// classes than a page is wide.
std::string confusions(const Classification& result);
/// Test examples that the fine-tuned net has wrong, label → prediction: pictures, or a table.
std::string wrong_examples(const Classification& result);
/// Its weights before and after fine-tuning; empty for data that are no pictures.
std::string first_layer(const Classification& result);
std::string classification_css();

}  // namespace strata::report
