// Products of matrices, by the loops of convolution: those that gather where the
// first factor's rows are summed over, those that correlate where its columns are.

#include <algorithm>

#include "op.h"

namespace sharewise {
namespace {

class Gemm : public Kernel {
 public:
  explicit Gemm(const Attributes& a) : transA_(a.flag("transA")), transB_(a.flag("transB")), relu_(a.flag("relu")) {}

  void run(Context& c) const override {
    Tensor<const float> a = c.input(0, "a"), b = c.input(1, "b"), bias = c.input(2, "bias", false);
    if (a.dims.size() != 2 || b.dims.size() != 2) fail("factors of shapes %s and %s are no matrices", text(a.dims).c_str(), text(b.dims).c_str());
    Shape s{a.dims[transA_ ? 1 : 0], b.dims[transB_ ? 0 : 1], a.dims[transA_ ? 0 : 1]};
    if (b.dims[transB_ ? 1 : 0] != s.inner) fail("factors of shapes %s and %s do not suit each other", text(a.dims).c_str(), text(b.dims).c_str());
    if (bias.given && bias.dims != Dims{s.columns}) fail("bias has shape %s instead of [%lld]", text(bias.dims).c_str(), static_cast<long long>(s.columns));
    product({s.rows, s.columns});
    float* y = c.output(0, {s.rows, s.columns});
    if (!y || s.rows == 0 || s.columns == 0) return;
    transA_ ? byColumns(c, s, a.data, b.data, bias.data, y) : byRows(c, s, a.data, b.data, bias.data, y);
  }

 private:
  struct Shape {
    int64_t rows, columns, inner;
    int64_t block() const { return columns > isa().width ? 2 * isa().width : isa().width; }
    int64_t blocks() const { return (columns + block() - 1) / block(); }
  };

  // pack copies a block of b's columns, padded with zeros: [inner][block].
  void pack(const Shape& s, const float* b, int64_t at, float* to) const {
    int64_t block = s.block(), first = at * block, n = std::min(block, s.columns - first);
    const float* from = b + first * (transB_ ? s.inner : 1);
    int64_t inStep = transB_ ? 1 : s.columns, outStep = transB_ ? s.inner : 1;
    for (int64_t i = 0; i < s.inner; i++, to += block) {
      for (int64_t k = 0; k < n; k++) to[k] = from[i * inStep + k * outStep];
      std::fill(to + n, to + block, 0.0f);
    }
  }

  void byRows(Context& c, const Shape& s, const float* a, const float* b, const float* bias, float* y) const {
    int64_t block = s.block(), blocks = s.blocks();
    Scratch shared;
    float* packed = shared.get(1, blocks * s.inner * block);
    float* offsets = shared.get(2, 2 * s.rows);
    int64_t* base = reinterpret_cast<int64_t*>(offsets);
    for (int64_t r = 0; r < s.rows; r++) base[r] = r * s.inner;
    Parts halves(blocks, 4, 8);
    c.parallel(halves.parts, [&](int64_t part) {
      for (int64_t i = halves.begin(part); i < halves.end(part); i++) pack(s, b, i, packed + i * s.inner * block);
    });
    // Rows of which a part stays in the cache while all columns pass.
    Parts parts(s.rows, std::max<int64_t>(48, 64 * 1024 / std::max<int64_t>(s.inner, 1)), 1 << 20);
    c.parallel(parts.parts, [&](int64_t part) {
      Scratch scratch;
      float* padded = scratch.get(0, block);
      for (int64_t i = 0; i < blocks; i++) {
        int64_t first = i * block, row = parts.begin(part);
        Segment segment{packed + first * s.inner, 0, s.inner};
        Gather job{};
        job.buffer = a;
        job.base = base + row;
        job.pixels = parts.end(part) - row;
        job.segments = &segment;
        job.segmentCount = 1;
        job.out = y + row * s.columns + first;
        job.stride = s.columns;
        job.channels = std::min(block, s.columns - first);
        job.relu = relu_;
        if (bias) {
          std::copy_n(bias + first, job.channels, padded);
          job.bias = padded;
        }
        isa().gather(job, static_cast<int>(block / isa().width));
      }
    });
  }

  void byColumns(Context& c, const Shape& s, const float* a, const float* b, const float* bias, float* y) const {
    int64_t block = s.block(), blocks = s.blocks();
    // Sums over as many rows at once as the cache holds of a block of b.
    const int64_t inner = 512;
    Parts parts(blocks, 2, 8);
    c.parallel(parts.parts, [&](int64_t part) {
      Scratch scratch;
      for (int64_t i = parts.begin(part); i < parts.end(part); i++) {
        int64_t first = i * block, n = std::min(block, s.columns - first);
        bool whole = n == block;
        float* sum = whole ? y + first : scratch.get(0, s.rows * block);
        int64_t from = 0;
        do {
          int64_t to = std::min(s.inner, from + inner);
          Correlate job{};
          job.x = a + from * s.rows;
          job.xStep = s.rows;
          job.dy = b + from * s.columns + first;
          job.yStep = s.columns;
          if (transB_ || !whole) {
            float* copy = scratch.get(1, inner * block);
            for (int64_t j = from; j < to; j++)
              for (int64_t k = 0; k < block; k++) copy[(j - from) * block + k] = k >= n ? 0 : transB_ ? b[(first + k) * s.inner + j] : b[j * s.columns + first + k];
            job.dy = copy;
            job.yStep = block;
          }
          job.rows = 1;
          job.columns = to - from;
          job.length = s.rows;
          job.sum = sum;
          job.sumStep = whole ? s.columns : block;
          job.fresh = from == 0;
          isa().correlate(job, static_cast<int>(block / isa().width));
          from = to;
        } while (from < s.inner);
        if (whole && !bias && !relu_) continue;
        for (int64_t r = 0; r < s.rows; r++)
          for (int64_t k = 0; k < n; k++) {
            float v = sum[r * (whole ? s.columns : block) + k] + (bias ? bias[first + k] : 0);
            y[r * s.columns + first + k] = relu_ && v < 0 ? 0 : v;
          }
      }
    });
  }

  bool transA_, transB_, relu_;
};

}  // namespace

std::vector<Operator> matrixOperators() { return {{"Gemm", "fff?", "f", make<Gemm>}}; }

}  // namespace sharewise
