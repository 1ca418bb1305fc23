#include "core/optim/optimizer.hpp"

#include <atomic>
#include <cmath>

#include "core/choice.hpp"
#include "core/optim/first_order.hpp"
#include "core/optim/lbfgs.hpp"
#include "core/sums.hpp"

namespace strata {

const std::vector<std::string>& optimizer_names() {
  static const std::vector<std::string> names = {"sgd",     "momentum", "nesterov", "adagrad",
                                                 "rmsprop", "adam",     "adamw",    "lbfgs"};
  return names;
}

const std::string& optimizer_name(OptimizerKind kind) {
  return optimizer_names()[std::size_t(kind)];
}

OptimizerKind optimizer_named(const std::string& name) {
  return choice_named<OptimizerKind>("optimizer", optimizer_names(), name);
}

std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& o) {
  const auto epsilon_or = [&o](double usual) { return o.epsilon > 0 ? o.epsilon : usual; };
  switch (o.kind) {
    case OptimizerKind::sgd:
    case OptimizerKind::momentum:
    case OptimizerKind::nesterov:
      return std::make_unique<Sgd>(o);
    case OptimizerKind::adagrad:
      return std::make_unique<AdaGrad>(epsilon_or(1e-10));
    case OptimizerKind::rmsprop:
      return std::make_unique<RmsProp>(o.alpha, epsilon_or(1e-8));
    case OptimizerKind::adam:
      return std::make_unique<Adam>(o.beta1, o.beta2, epsilon_or(1e-8), 0);
    case OptimizerKind::adamw:
      return std::make_unique<Adam>(o.beta1, o.beta2, epsilon_or(1e-8), o.weight_decay);
    case OptimizerKind::lbfgs:
      return std::make_unique<Lbfgs>(o.history);
  }
  throw Error("optimizer: not one of OptimizerKind");
}

double usual_learning_rate(OptimizerKind kind) {
  switch (kind) {
    case OptimizerKind::lbfgs:
      return 1;
    case OptimizerKind::sgd:
      return 0.1;
    case OptimizerKind::momentum:
    case OptimizerKind::nesterov:
    case OptimizerKind::adagrad:
      return 0.01;
    default:
      return 0.001;
  }
}

bool gradients_are_finite(const std::vector<Parameter*>& parameters, Workers* workers) {
  std::atomic<bool> finite = true;
  for (const Parameter* p : parameters) {
    const Real* g = p->grad.values.data();
    for_ranges(workers, p->grad.size(), numbers_worth_a_thread,
               [g, &finite](std::size_t begin, std::size_t end) {
                 if (!all_finite(g + begin, end - begin)) finite = false;
               });
  }
  return finite;
}

double gradient_norm(const std::vector<Parameter*>& parameters) {
  double sum = 0;
  for (const Parameter* p : parameters) {
    const Real* g = p->grad.values.data();
    sum += sum_over<double>(p->grad.size(),
                            [g](std::size_t i) { return double(g[i]) * double(g[i]); });
  }
  return std::sqrt(sum);
}

double clip_gradients(const std::vector<Parameter*>& parameters, double most) {
  const double norm = gradient_norm(parameters);
  if (norm <= most) return norm;
  const Real shrink = Real(most / norm);
  for (Parameter* p : parameters) {
    for (Real& g : p->grad.values) g *= shrink;
  }
  return norm;
}

}  // namespace strata
