// Attention of several heads, softmax(scale·Q·Kᵀ)·V (Vaswani and others: Attention
// is all you need, 2017), and its gradient: one head of one sample after another,
// so that what is between the products stays in the cache.

#include <algorithm>

#include "op.h"

namespace sharewise {
namespace {

// Heads are the sizes: samples, tokens, heads, and elements of a head. Queries, keys
// and values lie token by token, [samples,tokens,heads,size], or joined along the
// heads.
struct Heads {
  int64_t n, tokens, heads, size;
  int64_t width() const { return heads * size; }
  int64_t all() const { return n * heads; }
};

// Operand is what one head of one sample reads or writes, a row per token.
template <class F>
struct Operand {
  F* data;
  int64_t step;
};

// Sources are queries, keys and values.
struct Sources {
  Heads heads;
  bool joint;
  const float* data[3];

  Operand<const float> of(int which, int64_t sample, int64_t head) const {
    if (joint) return {data[0] + ((sample * heads.tokens) * 3 + which) * heads.width() + head * heads.size, 3 * heads.width()};
    return {data[which] + sample * heads.tokens * heads.width() + head * heads.size, heads.width()};
  }
};

Sources sources(const Context& c, size_t first, int64_t parts) {
  Tensor<const float> q = c.input(first, "q"), k = c.input(first + 1, "k", false), v = c.input(first + 2, "v", false);
  if (q.dims.size() != 4) fail("q has shape %s instead of [batch,tokens,heads,size]", text(q.dims).c_str());
  Sources s{{q.dims[0], q.dims[1], q.dims[2], q.dims[3]}, !k.given, {q.data, k.data, v.data}};
  if (s.joint != (parts == 1) || s.joint != !v.given) fail("either q alone holds keys and values too, or all three are given");
  if (s.joint) {
    if (s.heads.heads % 3) fail("%lld heads are not those of queries, keys and values", static_cast<long long>(s.heads.heads));
    s.heads.heads /= 3;
  } else if (k.dims != q.dims || v.dims != q.dims) {
    fail("q, k and v have shapes %s, %s and %s", text(q.dims).c_str(), text(k.dims).c_str(), text(v.dims).c_str());
  }
  return s;
}

int64_t blockOf(int64_t columns) { return columns > isa().width ? 2 * isa().width : isa().width; }

int64_t blocksOf(int64_t columns) { return (columns + blockOf(columns) - 1) / blockOf(columns); }

// Factor is a matrix that others are multiplied with, packed by blocks of its
// columns, which zeros fill up: [block][rows][lanes].
struct Factor {
  int64_t rows, columns;
  float* packed;
  int64_t block() const { return blockOf(columns); }
  int64_t floats() const { return blocksOf(columns) * rows * block(); }

  // fill packs the operand, or its transpose.
  void fill(Operand<const float> from, bool turned) const {
    for (int64_t at = 0; at < columns; at += block()) {
      int64_t n = std::min(block(), columns - at);
      float* to = packed + at * rows;
      if (turned && n == block()) {
        isa().turn(from.data + at * from.step, from.step, block(), rows, to, block());
        continue;
      }
      for (int64_t r = 0; r < rows; r++, to += block()) {
        for (int64_t i = 0; i < n; i++) to[i] = turned ? from.data[(at + i) * from.step + r] : from.data[r * from.step + at + i];
        std::fill(to + n, to + block(), 0.0f);
      }
    }
  }
};

// product writes a·b, a having a row per token. base are the offsets of rows.
void product(Operand<const float> a, const int64_t* base, int64_t rows, const Factor& b, Operand<float> y) {
  for (int64_t at = 0; at < b.columns; at += b.block()) {
    Segment segment{b.packed + at * b.rows, 0, b.rows};
    Gather job{};
    job.buffer = a.data;
    job.base = base;
    job.pixels = rows;
    job.segments = &segment;
    job.segmentCount = 1;
    job.out = y.data + at;
    job.stride = y.step;
    job.channels = std::min(b.block(), b.columns - at);
    isa().gather(job, static_cast<int>(b.block() / isa().width));
  }
}

// turnedProduct writes aᵀ·b, b packed; sums has room for as many rows as a has
// columns.
void turnedProduct(const float* a, int64_t columns, const Factor& b, float* sums, Operand<float> y) {
  for (int64_t at = 0; at < b.columns; at += b.block()) {
    Correlate job{};
    job.x = a;
    job.xStep = columns;
    job.dy = b.packed + at * b.rows;
    job.yStep = b.block();
    job.rows = 1;
    job.columns = b.rows;
    job.length = columns;
    job.sum = sums;
    job.sumStep = b.block();
    job.fresh = true;
    isa().correlate(job, static_cast<int>(b.block() / isa().width));
    int64_t n = std::min(b.block(), b.columns - at);
    for (int64_t r = 0; r < columns; r++) std::copy_n(sums + r * b.block(), n, y.data + r * y.step + at);
  }
}

std::vector<int64_t> offsets(int64_t rows, int64_t step) {
  std::vector<int64_t> base(static_cast<size_t>(rows));
  for (int64_t r = 0; r < rows; r++) base[static_cast<size_t>(r)] = r * step;
  return base;
}

class Attention : public Kernel {
 public:
  explicit Attention(const Attributes& a) : scale_(a.real("scale", 1)) {}

  void run(Context& c) const override {
    Sources s = sources(c, 0, c.inputs() > 2 ? 3 : 1);
    Heads h = s.heads;
    float* y = c.output(0, {h.n, h.tokens, h.heads, h.size});
    float* weights = c.output(1, {h.n, h.heads, h.tokens, h.tokens});
    if (!y || !weights) fail("both outputs are needed");
    if (h.tokens == 0 || h.size == 0) return;
    std::vector<int64_t> from = offsets(h.tokens, s.of(0, 0, 0).step), square = offsets(h.tokens, h.tokens);
    c.parallel(h.all(), [&](int64_t i) {
      int64_t sample = i / h.heads, head = i % h.heads, tokens = h.tokens;
      Scratch scratch;
      Factor keys{h.size, tokens, nullptr}, values{tokens, h.size, nullptr};
      keys.packed = scratch.get(0, keys.floats());
      values.packed = scratch.get(1, values.floats());
      keys.fill(s.of(1, sample, head), true);
      values.fill(s.of(2, sample, head), false);
      float* w = weights + i * tokens * tokens;
      product(s.of(0, sample, head), from.data(), tokens, keys, {w, tokens});
      isa().softmax(w, scale_, tokens, tokens);
      product({w, tokens}, square.data(), tokens, values, {y + sample * tokens * h.width() + head * h.size, h.width()});
    });
  }

 private:
  float scale_;
};

// AttentionGrad is, with W the weights that Attention gave and D = dY·Vᵀ,
//
//	S = scale·W·(D − Σ D·W), dQ = S·K, dK = Sᵀ·Q, dV = Wᵀ·dY
class AttentionGrad : public Kernel {
 public:
  explicit AttentionGrad(const Attributes& a) : scale_(a.real("scale", 1)) {}

  void run(Context& c) const override {
    Tensor<const float> dy = c.input(0, "dy"), weights = c.input(1, "weights");
    int64_t parts = c.inputs() > 4 ? 3 : 1;
    Sources s = sources(c, 2, parts);
    Heads h = s.heads;
    if (dy.dims != Dims{h.n, h.tokens, h.heads, h.size} || weights.dims != Dims{h.n, h.heads, h.tokens, h.tokens})
      fail("dy and weights have shapes %s and %s", text(dy.dims).c_str(), text(weights.dims).c_str());
    float* to[3] = {nullptr, nullptr, nullptr};
    for (int64_t i = 0; i < parts; i++) {
      to[i] = c.output(static_cast<size_t>(i), {h.n, h.tokens, s.joint ? 3 * h.heads : h.heads, h.size});
      if (!to[i]) fail("all outputs are needed");
    }
    if (h.tokens == 0 || h.size == 0) return;
    Sources into{h, s.joint, {to[0], to[1], to[2]}};
    std::vector<int64_t> from = offsets(h.tokens, h.width()), square = offsets(h.tokens, h.tokens);
    c.parallel(h.all(), [&](int64_t i) {
      int64_t sample = i / h.heads, head = i % h.heads, tokens = h.tokens;
      auto result = [&](int which) {
        Operand<const float> o = into.of(which, sample, head);
        return Operand<float>{const_cast<float*>(o.data), o.step};  // of this operator's own outputs
      };
      Operand<const float> cotangent{dy.data + sample * tokens * h.width() + head * h.size, h.width()};
      const float* w = weights.data + i * tokens * tokens;
      Scratch scratch;
      Factor turned{h.size, tokens, nullptr}, plain{tokens, h.size, nullptr};
      turned.packed = scratch.get(0, turned.floats());
      plain.packed = scratch.get(1, plain.floats());
      float* d = scratch.get(2, tokens * tokens);
      float* sums = scratch.get(3, tokens * plain.block());
      turned.fill(s.of(2, sample, head), true);
      product(cotangent, from.data(), tokens, turned, {d, tokens});
      isa().softmaxGrad(d, w, scale_, tokens, tokens, d);
      plain.fill(s.of(1, sample, head), false);
      product({d, tokens}, square.data(), tokens, plain, result(0));
      plain.fill(s.of(0, sample, head), false);
      turnedProduct(d, tokens, plain, sums, result(1));
      plain.fill(cotangent, false);
      turnedProduct(w, tokens, plain, sums, result(2));
    });
  }

 private:
  float scale_;
};

}  // namespace

std::vector<Operator> attentionOperators() {
  return {
      {"Attention", "ff?f?", "ff", make<Attention>},
      {"AttentionGrad", "ffff?f?", "ff?f?", make<AttentionGrad>},
  };
}

}  // namespace sharewise
