#include "core/optim/optimizer.hpp"

#include "core/optim/first_order.hpp"
#include "core/optim/lbfgs.hpp"

namespace strata {

std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& o) {
  using enum OptimizerKind;
  const auto epsilon_or = [&o](double usual) { return o.epsilon > 0 ? o.epsilon : usual; };
  const double decay = o.kind == adamw ? o.weight_decay.value_or(0.01) : 0;
  if (o.kind == adagrad) return std::make_unique<AdaGrad>(epsilon_or(1e-10));
  if (o.kind == rmsprop) return std::make_unique<RmsProp>(o.alpha, epsilon_or(1e-8));
  if (o.kind == adam || o.kind == adamw)
    return std::make_unique<Adam>(o.beta1, o.beta2, epsilon_or(1e-8), decay);
  if (o.kind == lbfgs) return std::make_unique<Lbfgs>(o.history);
  return std::make_unique<Sgd>(o);
}

double usual_learning_rate(OptimizerKind kind) {
  using enum OptimizerKind;
  if (kind == lbfgs) return 1;
  if (kind == sgd) return 0.1;
  return kind == momentum || kind == nesterov || kind == adagrad ? 0.01 : 0.001;
}

}  // namespace strata
