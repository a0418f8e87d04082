// Optimizers: the whole update of all parameters as one operator.

#include <algorithm>
#include <cmath>

#include "op.h"

namespace sharewise {
namespace {

constexpr int64_t rangeFloats = 32 * 1024;

// Range is a piece of a tensor; ranges depend on shapes only, and so do sums over
// them.
struct Range {
  size_t tensor;
  int64_t from, to;
};

// Group is a list of tensors of the inputs, of which every one has a shape.
struct Group {
  std::vector<Tensor<const float>> tensors;
  const float* at(const Range& r) const { return tensors[r.tensor].data + r.from; }
};

Group group(const Context& c, size_t first, size_t count, const char* name, const Group* like) {
  Group g;
  for (size_t i = 0; i < count; i++) {
    g.tensors.push_back(c.input(first + i, name));
    if (like && g.tensors[i].dims != like->tensors[i].dims)
      fail("%s %zu has shape %s, its parameter %s", name, i, text(g.tensors[i].dims).c_str(), text(like->tensors[i].dims).c_str());
  }
  return g;
}

std::vector<Range> ranges(const Group& g) {
  std::vector<Range> all;
  for (size_t i = 0; i < g.tensors.size(); i++)
    for (int64_t at = 0, n = g.tensors[i].size(); at < n; at += rangeFloats) all.push_back({i, at, std::min(n, at + rangeFloats)});
  return all;
}

std::vector<float*> outputs(Context& c, size_t first, const Group& like) {
  std::vector<float*> all;
  for (size_t i = 0; i < like.tensors.size(); i++) {
    float* p = c.output(first + i, like.tensors[i].dims);
    if (!p) fail("output %zu is not asked for; an update gives all of them", first + i);
    all.push_back(p);
  }
  return all;
}

// sumRanges gives Σ x² over all ranges, in their order.
float sumRanges(Context& c, const Group& g, const std::vector<Range>& all) {
  std::vector<double> squares(all.size());
  c.parallel(static_cast<int64_t>(all.size()), [&](int64_t i) {
    const Range& r = all[static_cast<size_t>(i)];
    squares[static_cast<size_t>(i)] = isa().sumSquares(g.at(r), r.to - r.from);
  });
  double total = 0;
  for (double s : squares) total += s;
  return static_cast<float>(total);
}

class Update : public Kernel {
 public:
  Update(const Attributes& a, size_t fixed, size_t states) : fixed_(fixed), states_(states), count_(a.integer("count", -1)) {
    if (count_ < 1 || count_ > 1 << 20) fail("attribute count is missing or out of range");
  }

  void run(Context& c) const override {
    size_t n = static_cast<size_t>(count_);
    if (c.inputs() != fixed_ + (2 + states_) * n || c.outputs() != 1 + (1 + states_) * n)
      fail("%zu inputs and %zu outputs for %zu parameters", c.inputs(), c.outputs(), n);
    Group p = group(c, fixed_, n, "parameter", nullptr), g = group(c, fixed_ + n, n, "gradient", &p);
    std::vector<Group> old;
    std::vector<std::vector<float*>> next{outputs(c, 1, p)};
    for (size_t s = 0; s < states_; s++) {
      old.push_back(group(c, fixed_ + (2 + s) * n, n, "state", &p));
      next.push_back(outputs(c, 1 + (1 + s) * n, p));
    }
    std::vector<Range> all = ranges(p);
    std::vector<double> squares(all.size());
    float rate = c.scalar(0, "rate"), clip = c.scalar(1, "clip");
    Step step = begin(c, rate);
    c.parallel(static_cast<int64_t>(all.size()), [&](int64_t i) {
      const Range& r = all[static_cast<size_t>(i)];
      const float* state[2] = {nullptr, nullptr};
      float* to[3] = {next[0][r.tensor] + r.from, nullptr, nullptr};
      for (size_t s = 0; s < states_; s++) state[s] = old[s].at(r), to[s + 1] = next[s + 1][r.tensor] + r.from;
      squares[static_cast<size_t>(i)] = isa().sumSquares(g.at(r), r.to - r.from);
      update(step, p.at(r), g.at(r), state, r.to - r.from, clip, to);
    });
    double total = 0;
    for (double s : squares) total += s;
    if (float* out = c.output(0, {1})) *out = static_cast<float>(total);
  }

 protected:
  // Step is what an update has in common for all parameters.
  struct Step {
    float rate = 0, offset = 0, keep = 1;
  };
  virtual Step begin(Context&, float rate) const {
    Step s;
    s.rate = rate;
    return s;
  }
  virtual void update(const Step& s, const float* p, const float* g, const float* const* state, int64_t n, float clip, float* const* to) const = 0;

 private:
  size_t fixed_, states_;
  int64_t count_;
};

class SGD : public Update {
 public:
  explicit SGD(const Attributes& a)
      : Update(a, 2, a.real("momentum", 0) != 0 ? 1 : 0), momentum_(a.real("momentum", 0)), decay_(a.real("decay", 0)), nesterov_(a.flag("nesterov")) {}

 protected:
  void update(const Step& s, const float* p, const float* g, const float* const* state, int64_t n, float clip, float* const* to) const override {
    isa().sgd(p, g, state[0], n, clip, s.rate, momentum_, decay_, nesterov_, to[0], to[1]);
  }

 private:
  float momentum_, decay_;
  bool nesterov_;
};

// AdamW keeps m/(1−β₁) and v/(1−β₂), as the standard form does.
class AdamW : public Update {
 public:
  explicit AdamW(const Attributes& a)
      : Update(a, 3, 2), beta1_(a.real("beta1", 0.9f)), beta2_(a.real("beta2", 0.999f)), epsilon_(a.real("epsilon", 1e-8f)), decay_(a.real("decay", 0)), coupled_(a.flag("coupled")) {}

 protected:
  Step begin(Context& c, float rate) const override {
    double t = c.scalar(2, "step"), b1 = beta1_, b2 = beta2_;
    double r1 = (1 - std::pow(b1, t)) / (1 - b1), r2 = (1 - std::pow(b2, t)) / (1 - b2), root = std::sqrt(r2);
    Step s;
    s.rate = static_cast<float>(root / r1) * rate;
    s.offset = static_cast<float>(root) * epsilon_;
    s.keep = coupled_ ? 1 : 1 - rate * decay_;
    return s;
  }
  void update(const Step& s, const float* p, const float* g, const float* const* state, int64_t n, float clip, float* const* to) const override {
    isa().adam(p, g, state[0], state[1], n, clip, beta1_, beta2_, s.rate, s.offset, s.keep, coupled_ ? decay_ : 0, to[0], to[1], to[2]);
  }

 private:
  float beta1_, beta2_, epsilon_, decay_;
  bool coupled_;
};

class Adagrad : public Update {
 public:
  explicit Adagrad(const Attributes& a) : Update(a, 2, 1), epsilon_(a.real("epsilon", 1e-10f)), decay_(a.real("decay", 0)) {}

 protected:
  void update(const Step& s, const float* p, const float* g, const float* const* state, int64_t n, float clip, float* const* to) const override {
    isa().adagrad(p, g, state[0], n, clip, s.rate, epsilon_, decay_, to[0], to[1]);
  }

 private:
  float epsilon_, decay_;
};

class SumSquares : public Kernel {
 public:
  explicit SumSquares(const Attributes&) {}

  void run(Context& c) const override {
    Group g = group(c, 0, c.inputs(), "input", nullptr);
    if (float* out = c.output(0, {1})) *out = sumRanges(c, g, ranges(g));
  }
};

}  // namespace

std::vector<Operator> optimizerOperators() {
  return {
      {"SGD", "fff*", "ff*", make<SGD>},
      {"AdamW", "ffff*", "ff*", make<AdamW>},
      {"Adagrad", "fff*", "ff*", make<Adagrad>},
      {"SumSquares", "f*", "f", make<SumSquares>},
  };
}

}  // namespace sharewise
