// The update rules of optimizers, element by element.
#pragma once

#include <cmath>

#include "op.h"

namespace sharewise {

// Rule is one rule with its settings, which are attributes of a node.
class Rule {
 public:
  enum Kind : int64_t { sgd = 0, adamw = 1, adagrad = 2 };

  Rule(const Attributes& a, Kind kind)
      : kind_(kind), momentum_(a.real("momentum", 0)), decay_(a.real("decay", 0)), beta1_(a.real("beta1", 0.9f)), beta2_(a.real("beta2", 0.999f)),
        epsilon_(a.real("epsilon", kind == adamw ? 1e-8f : 1e-10f)), nesterov_(a.flag("nesterov")), coupled_(a.flag("coupled")) {
    if (kind < sgd || kind > adagrad) fail("there is no update rule %lld", static_cast<long long>(kind));
  }

  // states is how many tensors are kept for each parameter; counts says whether the
  // rule depends on the number of the step.
  size_t states() const { return kind_ == adamw ? 2 : kind_ == adagrad || momentum_ != 0 ? 1 : 0; }
  bool counts() const { return kind_ == adamw; }

  // Step is what an update has in common for all parameters.
  struct Step {
    float rate, offset, keep;
  };

  // begin is about step number t, from 1. AdamW keeps m/(1−β₁) and v/(1−β₂), as the
  // standard form does.
  Step begin(float rate, float number) const {
    if (kind_ != adamw) return {rate, 0, 1};
    double t = number, b1 = beta1_, b2 = beta2_;
    double r1 = (1 - std::pow(b1, t)) / (1 - b1), r2 = (1 - std::pow(b2, t)) / (1 - b2), root = std::sqrt(r2);
    return {static_cast<float>(root / r1) * rate, static_cast<float>(root) * epsilon_, coupled_ ? 1 : 1 - rate * decay_};
  }

  // apply steps n elements: to has the new ones, and the new states. They may take the
  // place of the old ones.
  void apply(const Step& s, const float* p, const float* g, const float* const* state, int64_t n, float clip, float* const* to) const {
    switch (kind_) {
      case sgd:
        return isa().sgd(p, g, state[0], n, clip, s.rate, momentum_, decay_, nesterov_, to[0], to[1]);
      case adamw:
        return isa().adam(p, g, state[0], state[1], n, clip, beta1_, beta2_, s.rate, s.offset, s.keep, coupled_ ? decay_ : 0, to[0], to[1], to[2]);
      case adagrad:
        return isa().adagrad(p, g, state[0], n, clip, s.rate, epsilon_, decay_, to[0], to[1]);
    }
  }

 private:
  Kind kind_;
  float momentum_, decay_, beta1_, beta2_, epsilon_;
  bool nesterov_, coupled_;
};

}  // namespace sharewise
