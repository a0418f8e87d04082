// Products of matrices, by the loops of convolution: those that gather where the
// first factor's rows are summed over, those that correlate where its columns are.

#include <algorithm>
#include <cstring>

#include "op.h"

namespace sharewise {
namespace {

// enough is how many multiply-adds are worth another thread's attention: about five
// microseconds of a core.
constexpr int64_t enough = 1 << 18;

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
    float* sums = c.outputs() > 1 ? c.output(1, {s.rows}) : nullptr;
    if (sums && !transA_) fail("sums are of the columns of a, which is not transposed");
    if (!y || s.rows == 0) return;
    transA_ ? byColumns(c, s, a.data, b.data, bias.data, y, sums) : byRows(c, s, a.data, b.data, bias.data, y);
  }

 private:
  struct Shape {
    int64_t rows, columns, inner;
    int64_t block() const { return columns > isa().width ? 2 * isa().width : isa().width; }
    int64_t blocks() const { return (columns + block() - 1) / block(); }
    // tasks is into how many parts n equal tasks are split.
    Parts tasks(int64_t n) const {
      int64_t work = rows * columns * std::max<int64_t>(inner, 1) / enough;
      return Parts(n, 1, std::max<int64_t>(1, std::min<int64_t>(work, 64)));
    }
  };

  // pack copies a block of b's columns, padded with zeros: [inner][block].
  void pack(const Shape& s, const float* b, int64_t at, float* to) const {
    int64_t block = s.block(), first = at * block, n = std::min(block, s.columns - first);
    if (transB_ && n == block) return isa().turn(b + first * s.inner, s.inner, block, s.inner, to, block);
    const float* from = b + first * (transB_ ? s.inner : 1);
    if (!transB_ && n == block) {
      for (int64_t i = 0; i < s.inner; i++, to += block, from += s.columns) std::memcpy(to, from, static_cast<size_t>(block) * sizeof(float));
      return;
    }
    int64_t inStep = transB_ ? 1 : s.columns, outStep = transB_ ? s.inner : 1;
    for (int64_t i = 0; i < s.inner; i++, to += block) {
      for (int64_t k = 0; k < n; k++) to[k] = from[i * inStep + k * outStep];
      std::fill(to + n, to + block, 0.0f);
    }
  }

  // multiply computes rows of a block of columns, whose share of b is packed.
  void multiply(const Shape& s, int64_t at, const int64_t* base, int64_t row, int64_t rows, const float* packed, const float* a, const float* bias, float* padded, float* y) const {
    int64_t block = s.block(), first = at * block;
    Segment segment{packed, 0, s.inner};
    Gather job{};
    job.buffer = a;
    job.base = base + row;
    job.pixels = rows;
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

  void byRows(Context& c, const Shape& s, const float* a, const float* b, const float* bias, float* y) const {
    int64_t block = s.block(), blocks = s.blocks();
    Scratch shared;
    int64_t* base = reinterpret_cast<int64_t*>(shared.get(2, 2 * s.rows));
    for (int64_t r = 0; r < s.rows; r++) base[r] = r * s.inner;
    // Rows of which a part stays in the cache while all columns pass.
    Parts high(s.rows, std::max<int64_t>(48, 32 * 1024 / std::max<int64_t>(s.inner, 1)), 1 << 20);
    if (high.parts >= 8 || blocks == 1) {
      float* packed = shared.get(1, blocks * s.inner * block);
      for (int64_t i = 0; i < blocks; i++) pack(s, b, i, packed + i * s.inner * block);
      c.parallel(high.parts, [&](int64_t part) {
        Scratch scratch;
        float* padded = scratch.get(0, block);
        for (int64_t i = 0; i < blocks; i++)
          multiply(s, i, base, high.begin(part), high.end(part) - high.begin(part), packed + i * s.inner * block, a, bias, padded, y);
      });
      return;
    }
    Parts wide = s.tasks(blocks);
    c.parallel(wide.parts, [&](int64_t part) {
      Scratch scratch;
      float* padded = scratch.get(0, block);
      float* packed = scratch.get(1, s.inner * block);
      for (int64_t i = wide.begin(part); i < wide.end(part); i++) {
        pack(s, b, i, packed);
        multiply(s, i, base, 0, s.rows, packed, a, bias, padded, y);
      }
    });
  }

  // chunk is over how many rows of b is summed up at once, as many as the cache
  // holds of a block; tall is how many rows a panel has.
  static constexpr int64_t chunk = 512, tall = 48;

  void byColumns(Context& c, const Shape& s, const float* a, const float* b, const float* bias, float* y, float* sums) const {
    int64_t panels = (s.rows + tall - 1) / tall;
    Parts parts = s.tasks(s.blocks() * panels);
    // The sums of a's columns are a few tasks more.
    Parts summing(sums ? s.rows : 0, std::max<int64_t>(64, 32 * 1024 / std::max<int64_t>(s.inner, 1)), 8);
    c.parallel(parts.parts + (sums ? summing.parts : 0), [&](int64_t part) {
      if (part >= parts.parts) {
        part -= parts.parts;
        return addUp(s, a, summing.begin(part), summing.end(part), sums);
      }
      Scratch scratch;
      for (int64_t i = parts.begin(part); i < parts.end(part); i++) {
        int64_t row = i % panels * tall;
        panel(s, i / panels, row, std::min(tall, s.rows - row), a, b, bias, y, scratch);
      }
    });
  }

  // addUp sums up columns of a, in runs of which the next is added to the sum of
  // those before.
  void addUp(const Shape& s, const float* a, int64_t from, int64_t to, float* sums) const {
    std::fill(sums + from, sums + to, 0.0f);
    for (int64_t row = 0; row < s.inner; row += 128) isa().sumRows(a + row * s.rows + from, std::min<int64_t>(128, s.inner - row), to - from, s.rows, sums + from);
  }

  // panel computes some rows of a block of columns.
  void panel(const Shape& s, int64_t at, int64_t row, int64_t rows, const float* a, const float* b, const float* bias, float* y, Scratch& scratch) const {
    int64_t block = s.block(), first = at * block, n = std::min(block, s.columns - first);
    bool whole = n == block;
    float* sum = whole ? y + row * s.columns + first : scratch.get(0, rows * block);
    int64_t from = 0;
    do {
      int64_t to = std::min(s.inner, from + chunk);
      Correlate job{};
      job.x = a + from * s.rows + row;
      job.xStep = s.rows;
      job.dy = b + from * s.columns + first;
      job.yStep = s.columns;
      if (transB_ || !whole) {
        float* copy = scratch.get(1, chunk * block);
        for (int64_t j = from; j < to; j++)
          for (int64_t k = 0; k < block; k++) copy[(j - from) * block + k] = k >= n ? 0 : transB_ ? b[(first + k) * s.inner + j] : b[j * s.columns + first + k];
        job.dy = copy;
        job.yStep = block;
      }
      job.rows = 1;
      job.columns = to - from;
      job.length = rows;
      job.sum = sum;
      job.sumStep = whole ? s.columns : block;
      job.fresh = from == 0;
      isa().correlate(job, static_cast<int>(block / isa().width));
      from = to;
    } while (from < s.inner);
    if (whole && !bias && !relu_) return;
    for (int64_t r = 0; r < rows; r++)
      for (int64_t k = 0; k < n; k++) {
        float v = sum[r * (whole ? s.columns : block) + k] + (bias ? bias[first + k] : 0);
        y[(row + r) * s.columns + first + k] = relu_ && v < 0 ? 0 : v;
      }
  }

  bool transA_, transB_, relu_;
};

}  // namespace

std::vector<Operator> matrixOperators() { return {{"Gemm", "fff?", "ff?", make<Gemm>}}; }

}  // namespace sharewise
