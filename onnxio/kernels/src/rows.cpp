// Operators over rows, the last dimension of a tensor, and over single elements.

#include <algorithm>

#include "op.h"

namespace sharewise {
namespace {

constexpr int64_t mostParts = 64, leastFloats = 8 * 1024;

struct Rows {
  int64_t n, length;
  // Parts depend on sizes only.
  Parts parts() const { return Parts(n, std::max<int64_t>(1, leastFloats / std::max<int64_t>(length, 1)), mostParts); }
};

Rows rows(const Dims& d, const char* name) {
  if (d.empty()) fail("%s is a single number; it needs rows", name);
  int64_t n = 1;
  for (size_t i = 0; i + 1 < d.size(); i++) n *= d[i];
  return {n, d.back()};
}

void like(const Tensor<const float>& t, const char* name, const Dims& dims) {
  if (t.dims != dims) fail("%s has shape %s instead of %s", name, text(t.dims).c_str(), text(dims).c_str());
}

class Gelu : public Kernel {
 public:
  explicit Gelu(const Attributes&) {}

  void run(Context& c) const override {
    Tensor<const float> x = c.input(0, "x");
    float* y = c.output(0, x.dims);
    if (!y) return;
    Parts parts(x.size(), leastFloats, mostParts);
    c.parallel(parts.parts, [&](int64_t i) {
      int64_t at = parts.begin(i);
      isa().gelu(x.data + at, parts.end(i) - at, y + at);
    });
  }
};

class GeluGrad : public Kernel {
 public:
  explicit GeluGrad(const Attributes&) {}

  void run(Context& c) const override {
    Tensor<const float> dy = c.input(0, "dy"), x = c.input(1, "x");
    like(dy, "dy", x.dims);
    float* dx = c.output(0, x.dims);
    if (!dx) return;
    Parts parts(x.size(), leastFloats, mostParts);
    c.parallel(parts.parts, [&](int64_t i) {
      int64_t at = parts.begin(i);
      isa().geluGrad(dy.data + at, x.data + at, parts.end(i) - at, dx + at);
    });
  }
};

// Moments are one number per row.
Dims momentsOf(Dims d) {
  d.back() = 1;
  return d;
}

class LayerNorm : public Kernel {
 public:
  explicit LayerNorm(const Attributes& a) : epsilon_(a.real("epsilon", 1e-5f)) {}

  void run(Context& c) const override {
    Tensor<const float> x = c.input(0, "x"), scale = c.input(1, "scale"), bias = c.input(2, "bias");
    Rows r = rows(x.dims, "x");
    if (r.length < 1) fail("x has shape %s: there is no mean of nothing", text(x.dims).c_str());
    like(scale, "scale", {r.length});
    like(bias, "bias", {r.length});
    float* y = c.output(0, x.dims);
    Dims moments = momentsOf(x.dims);
    float* mean = c.outputs() > 1 ? c.output(1, moments) : nullptr;
    float* inverse = c.outputs() > 2 ? c.output(2, moments) : nullptr;
    if (!y || r.n == 0) return;
    Parts parts = r.parts();
    c.parallel(parts.parts, [&](int64_t i) {
      int64_t from = parts.begin(i), n = parts.end(i) - from;
      Scratch scratch;
      float* unused = scratch.get(0, 2 * n);
      isa().rowNorm(x.data + from * r.length, scale.data, bias.data, epsilon_, n, r.length, y + from * r.length, mean ? mean + from : unused,
                    inverse ? inverse + from : unused + n);
    });
  }

 private:
  float epsilon_;
};

class LayerNormGrad : public Kernel {
 public:
  explicit LayerNormGrad(const Attributes&) {}

  void run(Context& c) const override {
    Tensor<const float> dy = c.input(0, "dy"), x = c.input(1, "x"), scale = c.input(2, "scale"), mean = c.input(3, "mean"), inverse = c.input(4, "inverse");
    Rows r = rows(x.dims, "x");
    like(dy, "dy", x.dims);
    like(scale, "scale", {r.length});
    if (mean.size() != r.n || inverse.size() != r.n)
      fail("mean has shape %s and inverse %s for x of shape %s", text(mean.dims).c_str(), text(inverse.dims).c_str(), text(x.dims).c_str());
    float* dx = c.output(0, x.dims);
    float* dscale = c.outputs() > 1 ? c.output(1, {r.length}) : nullptr;
    float* dbias = c.outputs() > 2 ? c.output(2, {r.length}) : nullptr;
    Parts parts = r.parts();
    int64_t length = r.length;
    std::vector<double> sums(static_cast<size_t>(parts.parts * 2 * length));
    c.parallel(parts.parts, [&](int64_t i) {
      Scratch scratch;
      // Sums of some rows in single precision, and of these in double.
      constexpr int64_t together = 128;
      float* sum = scratch.get(0, 2 * length);
      float* unused = dx ? nullptr : scratch.get(1, together * length);
      for (int64_t from = parts.begin(i), end = parts.end(i), n = 0; from < end; from += n) {
        n = std::min(together, end - from);
        std::fill_n(sum, 2 * length, 0.0f);
        isa().rowNormGrad(dy.data + from * length, x.data + from * length, scale.data, mean.data + from, inverse.data + from, n, length,
                          dx ? dx + from * length : unused, sum, sum + length);
        double* to = &sums[static_cast<size_t>(i * 2 * length)];
        for (int64_t k = 0; k < 2 * length; k++) to[k] += sum[k];
      }
    });
    for (int64_t k = 0; k < length; k++) {
      double a = 0, b = 0;
      for (int64_t i = 0; i < parts.parts; i++) a += sums[static_cast<size_t>(i * 2 * length + k)], b += sums[static_cast<size_t>((i * 2 + 1) * length + k)];
      if (dscale) dscale[k] = static_cast<float>(a);
      if (dbias) dbias[k] = static_cast<float>(b);
    }
  }
};

class SoftmaxGrad : public Kernel {
 public:
  explicit SoftmaxGrad(const Attributes&) {}

  void run(Context& c) const override {
    Tensor<const float> dy = c.input(0, "dy"), y = c.input(1, "y");
    Rows r = rows(y.dims, "y");
    like(dy, "dy", y.dims);
    float* dx = c.output(0, y.dims);
    if (!dx || r.n == 0) return;
    Parts parts = r.parts();
    c.parallel(parts.parts, [&](int64_t i) {
      int64_t from = parts.begin(i), at = from * r.length;
      isa().softmaxGrad(dy.data + at, y.data + at, 1, parts.end(i) - from, r.length, dx + at);
    });
  }
};

}  // namespace

std::vector<Operator> rowOperators() {
  return {
      {"Gelu", "f", "f", make<Gelu>},
      {"GeluGrad", "ff", "f", make<GeluGrad>},
      {"LayerNorm", "fff", "ff?f?", make<LayerNorm>},
      {"LayerNormGrad", "fffff", "ff?f?", make<LayerNormGrad>},
      {"SoftmaxGrad", "ff", "f", make<SoftmaxGrad>},
  };
}

}  // namespace sharewise
