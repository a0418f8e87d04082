// Batch normalisation of channels-last tensors, the activation and an addition
// with it, and the gradient of a rectifier.

#include <algorithm>
#include <cmath>

#include "op.h"

namespace sharewise {
namespace {

// Rows are what the statistics of a channel are over.
struct Rows {
  int64_t n, channels;
};

Rows rows(const Dims& d, const char* name) {
  if (d.size() < 2) fail("%s has shape %s; it needs two dimensions or more, channels last", name, text(d).c_str());
  int64_t channels = d.back(), n = 1;
  for (size_t i = 0; i + 1 < d.size(); i++) n *= d[i];
  if (n < 1 || channels < 1) fail("%s has shape %s: there are no statistics of nothing", name, text(d).c_str());
  return {n, channels};
}

void perChannel(const Tensor<const float>& t, const char* name, int64_t channels) {
  if (t.dims != Dims{channels}) fail("%s has shape %s instead of [%lld]", name, text(t.dims).c_str(), static_cast<long long>(channels));
}

void same(const Tensor<const float>& t, const char* name, const Dims& dims) {
  if (t.dims != dims) fail("%s has shape %s instead of %s", name, text(t.dims).c_str(), text(dims).c_str());
}

// Work is split so that sums depend on sizes only. A chunk lies in the first
// cache; its sums are in single precision, those of chunks in double.
constexpr int64_t mostParts = 16, leastFloats = 16 * 1024, chunkFloats = 4096;

Parts partsOf(const Rows& r) { return Parts(r.n, std::max<int64_t>(1, leastFloats / r.channels), mostParts); }

int64_t chunk(const Rows& r) { return std::max<int64_t>(1, chunkFloats / r.channels); }

// Moments are the number of rows, means, and sums of squared deviations.
struct Moments {
  double n = 0;
  std::vector<double> mean, square;
  explicit Moments(int64_t channels) : mean(static_cast<size_t>(channels)), square(static_cast<size_t>(channels)) {}

  // add joins the moments of other rows (Chan, Golub, LeVeque: Updating formulae
  // and a pairwise algorithm for computing sample variances, 1979).
  template <class M, class S>
  void add(double rows, const M* m, const S* s) {
    double total = n + rows, weight = rows / total, cross = n * rows / total;
    for (size_t k = 0; k < mean.size(); k++) {
      double d = m[k] - mean[k];
      mean[k] += d * weight;
      square[k] += s[k] + d * d * cross;
    }
    n = total;
  }
};

class BatchNorm : public Kernel {
 public:
  explicit BatchNorm(const Attributes& a) : epsilon_(a.real("epsilon", 1e-5f)), relu_(a.flag("relu")) {}

  void run(Context& c) const override {
    Tensor<const float> x = c.input(0, "x"), scale = c.input(1, "scale"), bias = c.input(2, "bias"), add = c.input(3, "add", false);
    Rows r = rows(x.dims, "x");
    perChannel(scale, "scale", r.channels);
    perChannel(bias, "bias", r.channels);
    if (add.given) same(add, "add", x.dims);
    float* y = c.output(0, x.dims);
    float* mean = c.output(1, {r.channels});
    float* variance = c.output(2, {r.channels});
    float* inverse = c.output(3, {r.channels});

    size_t channels = static_cast<size_t>(r.channels);
    Parts parts = partsOf(r);
    std::vector<Moments> moments(static_cast<size_t>(parts.parts), Moments(r.channels));
    c.parallel(parts.parts, [&](int64_t i) {
      Scratch scratch;
      float* m = scratch.get(0, 2 * r.channels);
      float* s = m + r.channels;
      for (int64_t at = parts.begin(i), end = parts.end(i), n = 0; at < end; at += n) {
        n = std::min(chunk(r), end - at);
        const float* from = x.data + at * r.channels;
        std::fill_n(m, channels, 0.0f);
        isa().sumRows(from, n, r.channels, r.channels, m);
        for (size_t k = 0; k < channels; k++) m[k] /= static_cast<float>(n);
        isa().deviations(from, m, n, r.channels, s);
        moments[static_cast<size_t>(i)].add(static_cast<double>(n), m, s);
      }
    });
    Moments all(r.channels);
    for (const Moments& m : moments) all.add(m.n, m.mean.data(), m.square.data());

    std::vector<float> a(channels), b(channels);
    for (size_t k = 0; k < channels; k++) {
      double v = all.square[k] / static_cast<double>(r.n);
      // The rounded variance is what others compute from, as the standard form does.
      float rounded = static_cast<float>(v), inv = static_cast<float>(1 / std::sqrt(static_cast<double>(rounded) + static_cast<double>(epsilon_)));
      if (mean) mean[k] = static_cast<float>(all.mean[k]);
      if (variance) variance[k] = rounded;
      if (inverse) inverse[k] = inv;
      double slope = static_cast<double>(scale.data[k]) * inv;
      a[k] = static_cast<float>(slope);
      b[k] = static_cast<float>(bias.data[k] - all.mean[k] * slope);
    }
    if (!y) return;
    c.parallel(parts.parts, [&](int64_t i) {
      int64_t at = parts.begin(i) * r.channels;
      isa().normalise(x.data + at, a.data(), b.data(), add.given ? add.data + at : nullptr, relu_, parts.end(i) - parts.begin(i), r.channels, y + at);
    });
  }

 private:
  float epsilon_;
  bool relu_;
};

// BatchNormGrad is, with g the cotangent, masked where the rectifier cut off, and
// z = (x−mean)·inverse:
//
//	dbias = Σ g, dscale = Σ g·z
//	dx = scale·inverse·(g − dbias/n − z·dscale/n)
class BatchNormGrad : public Kernel {
 public:
  explicit BatchNormGrad(const Attributes& a) : relu_(a.flag("relu")) {}

  void run(Context& c) const override {
    Tensor<const float> dy = c.input(0, "dy"), x = c.input(1, "x"), y = c.input(2, "y", relu_), scale = c.input(3, "scale"),
                        mean = c.input(4, "mean"), inverse = c.input(5, "inverse");
    Rows r = rows(x.dims, "x");
    same(dy, "dy", x.dims);
    if (relu_) same(y, "y", x.dims);
    perChannel(scale, "scale", r.channels);
    perChannel(mean, "mean", r.channels);
    perChannel(inverse, "inverse", r.channels);
    float* dx = c.output(0, x.dims);
    float* dscale = c.outputs() > 1 ? c.output(1, {r.channels}) : nullptr;
    float* dbias = c.outputs() > 2 ? c.output(2, {r.channels}) : nullptr;
    float* dadd = c.outputs() > 3 ? c.output(3, x.dims) : nullptr;

    size_t channels = static_cast<size_t>(r.channels);
    Parts parts = partsOf(r);
    const float* mask = relu_ ? y.data : nullptr;
    std::vector<double> sums(static_cast<size_t>(parts.parts) * 2 * channels);
    c.parallel(parts.parts, [&](int64_t i) {
      Scratch scratch;
      float* g = scratch.get(0, 2 * r.channels);
      double* sum = &sums[static_cast<size_t>(i) * 2 * channels];
      for (int64_t row = parts.begin(i), end = parts.end(i), n = 0; row < end; row += n) {
        n = std::min(chunk(r), end - row);
        int64_t at = row * r.channels;
        // Without a rectifier the mask that keeps everything is none, and dadd a copy.
        isa().normSums(dy.data + at, mask ? mask + at : nullptr, x.data + at, mean.data, n, r.channels, g, g + r.channels, mask && dadd ? dadd + at : nullptr);
        if (!mask && dadd) std::copy_n(dy.data + at, n * r.channels, dadd + at);
        for (size_t k = 0; k < 2 * channels; k++) sum[k] += g[k];
      }
    });
    std::vector<double> total(2 * channels);
    for (int64_t i = 0; i < parts.parts; i++)
      for (size_t k = 0; k < 2 * channels; k++) total[k] += sums[static_cast<size_t>(i) * 2 * channels + k];
    std::vector<float> a(channels), b(channels), d(channels);
    for (size_t k = 0; k < channels; k++) {
      double inv = inverse.data[k], slope = scale.data[k] * inv, n = static_cast<double>(r.n);
      if (dbias) dbias[k] = static_cast<float>(total[k]);
      if (dscale) dscale[k] = static_cast<float>(total[channels + k] * inv);
      a[k] = static_cast<float>(slope);
      b[k] = static_cast<float>(slope * total[k] / n);
      d[k] = static_cast<float>(slope * inv * inv * total[channels + k] / n);
    }
    if (!dx) return;
    c.parallel(parts.parts, [&](int64_t i) {
      int64_t at = parts.begin(i) * r.channels, n = parts.end(i) - parts.begin(i);
      bool masked = mask && dadd;  // and so dadd needs no mask any more
      isa().normGrad(masked ? dadd + at : dy.data + at, mask && !masked ? mask + at : nullptr, x.data + at, mean.data, a.data(), b.data(), d.data(), n, r.channels, dx + at);
    });
  }

 private:
  bool relu_;
};

class ReluGrad : public Kernel {
 public:
  explicit ReluGrad(const Attributes&) {}

  void run(Context& c) const override {
    Tensor<const float> dy = c.input(0, "dy"), y = c.input(1, "y");
    same(y, "y", dy.dims);
    float* dx = c.output(0, dy.dims);
    if (!dx) return;
    Parts parts(dy.size(), leastFloats, mostParts);
    c.parallel(parts.parts, [&](int64_t i) {
      int64_t at = parts.begin(i);
      isa().reluGrad(dy.data + at, y.data + at, parts.end(i) - at, dx + at);
    });
  }
};

}  // namespace

std::vector<Operator> normOperators() {
  return {
      {"BatchNorm", "ffff?", "ff?f?f?", make<BatchNorm>},
      {"BatchNormGrad", "fff?fff", "ff?f?f?", make<BatchNormGrad>},
      {"ReluGrad", "ff", "f", make<ReluGrad>},
  };
}

}  // namespace sharewise
