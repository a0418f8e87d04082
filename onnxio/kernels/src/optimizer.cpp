// Optimizers: the whole update of all parameters as one operator.

#include <algorithm>

#include "update.h"

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
  Update(const Attributes& a, Rule::Kind kind) : rule_(a, kind), count_(a.integer("count", -1)) {
    if (count_ < 1 || count_ > 1 << 20) fail("attribute count is missing or out of range");
  }

  void run(Context& c) const override {
    size_t n = static_cast<size_t>(count_), states = rule_.states(), fixed = rule_.counts() ? 3 : 2;
    if (c.inputs() != fixed + (2 + states) * n || c.outputs() != 1 + (1 + states) * n)
      fail("%zu inputs and %zu outputs for %zu parameters", c.inputs(), c.outputs(), n);
    Group p = group(c, fixed, n, "parameter", nullptr), g = group(c, fixed + n, n, "gradient", &p);
    std::vector<Group> old;
    std::vector<std::vector<float*>> next{outputs(c, 1, p)};
    for (size_t s = 0; s < states; s++) {
      old.push_back(group(c, fixed + (2 + s) * n, n, "state", &p));
      next.push_back(outputs(c, 1 + (1 + s) * n, p));
    }
    std::vector<Range> all = ranges(p);
    std::vector<double> squares(all.size());
    float rate = c.scalar(0, "rate"), clip = c.scalar(1, "clip");
    Rule::Step step = rule_.begin(rate, rule_.counts() ? c.scalar(2, "step") : 0);
    c.parallel(static_cast<int64_t>(all.size()), [&](int64_t i) {
      const Range& r = all[static_cast<size_t>(i)];
      const float* state[2] = {nullptr, nullptr};
      float* to[3] = {next[0][r.tensor] + r.from, nullptr, nullptr};
      for (size_t s = 0; s < states; s++) state[s] = old[s].at(r), to[s + 1] = next[s + 1][r.tensor] + r.from;
      squares[static_cast<size_t>(i)] = isa().sumSquares(g.at(r), r.to - r.from);
      rule_.apply(step, p.at(r), g.at(r), state, r.to - r.from, clip, to);
    });
    double total = 0;
    for (double s : squares) total += s;
    if (float* out = c.output(0, {1})) *out = static_cast<float>(total);
  }

 private:
  Rule rule_;
  int64_t count_;
};

template <Rule::Kind kind>
std::unique_ptr<Kernel> update(const Attributes& a) {
  return std::unique_ptr<Kernel>(new Update(a, kind));
}

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
      {"SGD", "fff*", "ff*", update<Rule::sgd>},
      {"AdamW", "ffff*", "ff*", update<Rule::adamw>},
      {"Adagrad", "fff*", "ff*", update<Rule::adagrad>},
      {"SumSquares", "f*", "f", make<SumSquares>},
  };
}

}  // namespace sharewise
