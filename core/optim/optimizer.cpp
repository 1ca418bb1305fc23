#include "core/optim/optimizer.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "core/optim/first_order.hpp"
#include "core/optim/lbfgs.hpp"
#include "core/sums.hpp"

namespace strata {

const std::vector<std::string>& optimizer_kinds() {
  static const std::vector<std::string> kinds = {"sgd",     "momentum", "nesterov", "adagrad",
                                                 "rmsprop", "adam",     "adamw",    "lbfgs"};
  return kinds;
}

std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& o) {
  const auto epsilon_or = [&o](double usual) { return o.epsilon > 0 ? o.epsilon : usual; };
  if (o.kind == "sgd") return std::make_unique<Sgd>(0, false);
  if (o.kind == "momentum") return std::make_unique<Sgd>(o.momentum, false);
  if (o.kind == "nesterov") return std::make_unique<Sgd>(o.momentum, true);
  if (o.kind == "adagrad") return std::make_unique<AdaGrad>(epsilon_or(1e-10));
  if (o.kind == "rmsprop") return std::make_unique<RmsProp>(o.alpha, epsilon_or(1e-8));
  if (o.kind == "adam") return std::make_unique<Adam>(o.beta1, o.beta2, epsilon_or(1e-8), 0);
  if (o.kind == "adamw")
    return std::make_unique<Adam>(o.beta1, o.beta2, epsilon_or(1e-8), o.weight_decay);
  if (o.kind == "lbfgs") return std::make_unique<Lbfgs>(o.history);
  std::string known;
  for (const std::string& kind : optimizer_kinds()) known += (known.empty() ? "" : ", ") + kind;
  throw Error(text("optimizer: there is no '", o.kind, "' (choose one of ", known, ")"));
}

double usual_learning_rate(const std::string& kind) {
  if (kind == "lbfgs") return 1;
  if (kind == "sgd") return 0.1;
  if (kind == "momentum" || kind == "nesterov" || kind == "adagrad") return 0.01;
  return 0.001;
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
