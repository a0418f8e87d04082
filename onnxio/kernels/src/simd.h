// The inner loops, written once over vectors of WIDTH floats.
//
// A file that includes this has chosen WIDTH, the namespace SET and the
// instruction set. It must not include headers that define functions: those
// would be compiled for that instruction set too, and could replace the ones
// that run on every processor.

#include <cstdint>

#include "isa.h"

namespace sharewise {
namespace SET {

typedef float Vec __attribute__((vector_size(4 * WIDTH)));
typedef int32_t Ints __attribute__((vector_size(4 * WIDTH)));
typedef float Loose __attribute__((vector_size(4 * WIDTH), aligned(4), may_alias));

static inline Vec load(const float* p) { return *reinterpret_cast<const Loose*>(p); }
static inline void store(float* p, Vec v) { *reinterpret_cast<Loose*>(p) = v; }
static inline Vec all(float f) {
#if WIDTH == 4
  return Vec{f, f, f, f};
#elif WIDTH == 8
  return Vec{f, f, f, f, f, f, f, f};
#else
  return Vec{f, f, f, f, f, f, f, f, f, f, f, f, f, f, f, f};
#endif
}
// A number that is not one stays what it is, so that a training which diverges
// is seen to.
static inline Vec relu(Vec v) { return v < Vec{} ? Vec{} : v; }
static inline float relu(float v) { return v < 0 ? 0 : v; }
static inline Vec where(Vec mask, Vec v) { return mask > Vec{} ? v : Vec{}; }
static inline float where(float mask, float v) { return mask > 0 ? v : 0; }

// WHOLLY unrolls a loop, so that the sums of a tile stay in registers: a compiler
// that only does so late puts them into memory first, which takes a third as long as
// the products of 16 channels do.
#define PRAGMA(text) _Pragma(#text)
#if defined(__clang__)
#define WHOLLY PRAGMA(clang loop unroll(full))
#else
#define WHOLLY PRAGMA(GCC unroll 16)
#endif

// How many pixels a tile has, so that its sums, the weights and one input fill
// the registers.
#if WIDTH == 16
constexpr int rowsOfTwo = 12, rowsOfOne = 12, termsOfTwo = 12;
#else
constexpr int rowsOfTwo = 6, rowsOfOne = 8, termsOfTwo = 6;
#endif

// finishPart writes pixels of a block that has fewer channels than its vectors lanes.
__attribute__((noinline)) static void finishPart(const Gather& g, const float* part, int64_t lanes, int64_t first, int64_t pixels) {
  for (int64_t i = first; i < first + pixels; i++, part += lanes) {
    int64_t at = g.place ? g.place[i] : i * g.stride;
    for (int64_t k = 0; k < g.channels; k++) {
      float v = part[k];
      if (g.bias) v += g.bias[k];
      if (g.add) v += g.add[at + k];
      g.out[at + k] = g.relu ? relu(v) : v;
    }
  }
}

// finish writes the pixels of a tile, of which the first is the given one.
template <int M, int NV>
static inline void finish(const Gather& g, Vec (&sum)[M][NV], int64_t first) {
  if (g.channels != NV * WIDTH) {
    float part[M * NV * WIDTH];
    WHOLLY for (int i = 0; i < M; i++)
      WHOLLY for (int j = 0; j < NV; j++) store(part + (i * NV + j) * WIDTH, sum[i][j]);
    return finishPart(g, part, NV * WIDTH, first, M);
  }
  if (g.bias) {
    Vec bias[NV];
    WHOLLY for (int j = 0; j < NV; j++) bias[j] = load(g.bias + j * WIDTH);
    WHOLLY for (int i = 0; i < M; i++)
      WHOLLY for (int j = 0; j < NV; j++) sum[i][j] += bias[j];
  }
  if (g.add)
    WHOLLY for (int i = 0; i < M; i++) {
      const float* add = g.add + (g.place ? g.place[first + i] : (first + i) * g.stride);
      WHOLLY for (int j = 0; j < NV; j++) sum[i][j] += load(add + j * WIDTH);
    }
  if (g.relu)
    WHOLLY for (int i = 0; i < M; i++)
      WHOLLY for (int j = 0; j < NV; j++) sum[i][j] = relu(sum[i][j]);
  WHOLLY for (int i = 0; i < M; i++) {
    float* out = g.out + (g.place ? g.place[first + i] : (first + i) * g.stride);
    WHOLLY for (int j = 0; j < NV; j++) store(out + j * WIDTH, sum[i][j]);
  }
}

// maxOf is the larger of two vectors; what is no number counts as larger than
// every number, so that it is seen.
static inline Vec maxOf(Vec best, Vec v) { return ((v > best) | (v != v)) ? v : best; }

// tile computes M pixels. With PLAIN whole blocks are written as they are, one pixel
// after another. Of WINDOW pixels in turn the largest is taken.
template <int M, int NV, bool PLAIN, int WINDOW>
static inline void tile(const Gather& g, int64_t first) {
  Vec sum[M][NV];
  const float* base[M];
  WHOLLY for (int i = 0; i < M; i++) {
    base[i] = g.buffer + g.base[first + i];
    WHOLLY for (int j = 0; j < NV; j++) sum[i][j] = Vec{};
  }
  for (int64_t s = 0; s < g.segmentCount; s++) {
    const Segment& segment = g.segments[s];
    const float* w = segment.weights;
    int64_t from = segment.offset, to = from + segment.length;
    for (int64_t c = from; c < to; c++, w += NV * WIDTH) {
      Vec weights[NV];
      WHOLLY for (int j = 0; j < NV; j++) weights[j] = load(w + j * WIDTH);
      WHOLLY for (int i = 0; i < M; i++) {
        Vec x = all(base[i][c]);
        WHOLLY for (int j = 0; j < NV; j++) sum[i][j] += x * weights[j];
      }
    }
  }
  if (PLAIN) {
    float* out = g.out + first * g.stride;
    WHOLLY for (int i = 0; i < M; i++, out += g.stride)
      WHOLLY for (int j = 0; j < NV; j++) store(out + j * WIDTH, sum[i][j]);
    return;
  }
  if constexpr (WINDOW > 1) {
    // Adding and Relu keep the order of numbers, so that they may follow.
    Vec best[M / WINDOW][NV];
    WHOLLY for (int i = 0; i < M; i++)
      WHOLLY for (int j = 0; j < NV; j++) best[i / WINDOW][j] = i % WINDOW ? maxOf(best[i / WINDOW][j], sum[i][j]) : sum[i][j];
    finish<M / WINDOW, NV>(g, best, first / WINDOW);
    return;
  }
  finish<M, NV>(g, sum, first);
}

// rest does a last tile of any size below M.
template <int M, int NV, bool PLAIN>
static void rest(const Gather& g, int64_t first) {
  if constexpr (M > 1) {
    if (first + M == g.pixels) return tile<M, NV, PLAIN, 1>(g, first);
    rest<M - 1, NV, PLAIN>(g, first);
  } else {
    tile<1, NV, PLAIN, 1>(g, first);
  }
}

// tiles does what is left after whole tiles of M pixels as one tile, or, where windows
// are pooled, with smaller ones.
template <int M, int NV, bool PLAIN, int WINDOW = 1>
static void tiles(const Gather& g, int64_t first) {
  for (; first + M <= g.pixels; first += M) tile<M, NV, PLAIN, WINDOW>(g, first);
  if (first >= g.pixels) return;
  if constexpr (WINDOW == 1) {
    rest<M - 1, NV, PLAIN>(g, first);
  } else if constexpr (M > WINDOW) {
    constexpr int half = M / 2 / WINDOW * WINDOW;
    tiles<(half > WINDOW ? half : WINDOW), NV, PLAIN, WINDOW>(g, first);
  }
}

// pooled does whole tiles of windows.
template <int WINDOW>
static void pooled(const Gather& g, int vectors) {
  if (vectors == 2) {
    tiles<rowsOfTwo / WINDOW * WINDOW, 2, false, WINDOW>(g, 0);
  } else {
    tiles<rowsOfOne / WINDOW * WINDOW, 1, false, WINDOW>(g, 0);
  }
}

static void gather(const Gather& g, int vectors) {
  if (g.window == 4) return pooled<4>(g, vectors);
  if (g.window == 2) return pooled<2>(g, vectors);
  bool plain = !g.place && !g.bias && !g.add && !g.relu && g.channels == vectors * WIDTH;
  if (vectors == 2) {
    plain ? tiles<rowsOfTwo, 2, true>(g, 0) : tiles<rowsOfTwo, 2, false>(g, 0);
  } else {
    plain ? tiles<rowsOfOne, 1, true>(g, 0) : tiles<rowsOfOne, 1, false>(g, 0);
  }
}

template <int M, int NV>
static void correlateTile(const Correlate& c, int64_t r) {
  Vec sum[M][NV];
  float* out = c.sum + r * c.sumStep;
  WHOLLY for (int i = 0; i < M; i++)
    WHOLLY for (int j = 0; j < NV; j++) sum[i][j] = c.fresh ? Vec{} : load(out + i * c.sumStep + j * WIDTH);
  for (int64_t row = 0; row < c.rows; row++) {
    const float* x = c.x + row * c.xRow + r;
    const float* dy = c.dy + row * c.yRow;
    for (int64_t p = 0; p < c.columns; p++, x += c.xStep, dy += c.yStep) {
      Vec d[NV];
      WHOLLY for (int j = 0; j < NV; j++) d[j] = load(dy + j * WIDTH);
      WHOLLY for (int i = 0; i < M; i++) {
        Vec v = all(x[i]);
        WHOLLY for (int j = 0; j < NV; j++) sum[i][j] += v * d[j];
      }
    }
  }
  WHOLLY for (int i = 0; i < M; i++)
    WHOLLY for (int j = 0; j < NV; j++) store(out + i * c.sumStep + j * WIDTH, sum[i][j]);
}

template <int M, int NV>
static void correlateTiles(const Correlate& c, int64_t r) {
  for (; r + M <= c.length; r += M) correlateTile<M, NV>(c, r);
  if constexpr (M > 1) {
    if (r < c.length) correlateTiles<M - 1, NV>(c, r);
  }
}

static void correlate(const Correlate& c, int vectors) {
  if (vectors == 2) {
    correlateTiles<termsOfTwo, 2>(c, 0);
  } else {
    correlateTiles<termsOfTwo, 1>(c, 0);
  }
}

// SHUFFLE picks lanes of two vectors by constants, as each compiler has it.
#if defined(__clang__)
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, Ints{__VA_ARGS__})
#endif

// exchange swaps, of two rows of a square, the off-diagonal blocks of H lanes.
template <int H>
static inline void exchange(Vec& a, Vec& b) {
#define LOW(l) ((l)&H ? WIDTH + (l)-H : (l))
#define HIGH(l) ((l)&H ? WIDTH + (l) : (l) + H)
#if WIDTH == 16
  Vec low = SHUFFLE(a, b, LOW(0), LOW(1), LOW(2), LOW(3), LOW(4), LOW(5), LOW(6), LOW(7), LOW(8), LOW(9), LOW(10), LOW(11), LOW(12), LOW(13), LOW(14), LOW(15));
  b = SHUFFLE(a, b, HIGH(0), HIGH(1), HIGH(2), HIGH(3), HIGH(4), HIGH(5), HIGH(6), HIGH(7), HIGH(8), HIGH(9), HIGH(10), HIGH(11), HIGH(12), HIGH(13), HIGH(14), HIGH(15));
#elif WIDTH == 8
  Vec low = SHUFFLE(a, b, LOW(0), LOW(1), LOW(2), LOW(3), LOW(4), LOW(5), LOW(6), LOW(7));
  b = SHUFFLE(a, b, HIGH(0), HIGH(1), HIGH(2), HIGH(3), HIGH(4), HIGH(5), HIGH(6), HIGH(7));
#else
  Vec low = SHUFFLE(a, b, LOW(0), LOW(1), LOW(2), LOW(3));
  b = SHUFFLE(a, b, HIGH(0), HIGH(1), HIGH(2), HIGH(3));
#endif
  a = low;
#undef LOW
#undef HIGH
}

template <int H>
static inline void exchangeAll(Vec* v) {
  for (int i = 0; i < WIDTH; i++)
    if (!(i & H)) exchange<H>(v[i], v[i + H]);
}

// turn writes the transpose of rows, which lie step apart, of columns elements: to
// from column to column toStep apart. The number of rows is a multiple of a vector's lanes.
static void turn(const float* from, int64_t step, int64_t rows, int64_t columns, float* to, int64_t toStep) {
  for (int64_t r = 0; r < rows; r += WIDTH, from += WIDTH * step) {
    int64_t c = 0;
    for (; c + WIDTH <= columns; c += WIDTH) {
      Vec v[WIDTH];
      for (int i = 0; i < WIDTH; i++) v[i] = load(from + i * step + c);
      exchangeAll<1>(v);
      exchangeAll<2>(v);
#if WIDTH >= 8
      exchangeAll<4>(v);
#endif
#if WIDTH >= 16
      exchangeAll<8>(v);
#endif
      for (int i = 0; i < WIDTH; i++) store(to + (c + i) * toStep + r, v[i]);
    }
    for (; c < columns; c++)
      for (int i = 0; i < WIDTH; i++) to[c * toStep + r + i] = from[i * step + c];
  }
}

// Winograd's transforms for four outputs of a filter of three, and for three of a
// filter of four, which are six products either way (Lavin, Gray: Fast algorithms
// for convolutional neural networks, CVPR 2016). They evaluate polynomials at 0,
// ±a, ±b and infinity. With a = 1/√2 and b = √2 rounding errors are smaller than
// with the usual 1 and 2.
constexpr float pa = 0.70710678118654752f, pb = 1.41421356237309505f;
constexpr float pa2 = 0.5f, pb2 = 2.0f, pa3 = 0.35355339059327376f, pb3 = 2.82842712474619010f;

// bring is Bᵀ: six elements of the input.
static inline void bring(const Vec* d, Vec* out) {
  Vec even = d[4] - d[2] * pb2, odd = (d[3] - d[1] * pb2) * pa;
  Vec even2 = d[4] - d[2] * pa2, odd2 = (d[3] - d[1] * pa2) * pb;
  out[0] = d[0] * (pa2 * pb2) - d[2] * (pa2 + pb2) + d[4];
  out[1] = even + odd;
  out[2] = even - odd;
  out[3] = even2 + odd2;
  out[4] = even2 - odd2;
  out[5] = d[1] * (pa2 * pb2) - d[3] * (pa2 + pb2) + d[5];
}

// The divisors of Lagrange's formula belong to the filter. Where many filters are
// transformed, as in the gradient of weights, they are left to the result.
constexpr float over0 = 1 / (pa2 * pb2), overA = 1 / (2 * pa2 * (pa2 - pb2)), overB = 1 / (2 * pb2 * (pb2 - pa2));

// weigh is G: three weights.
static inline void weigh(const Vec* g, Vec* out) {
  Vec even = (g[0] + g[2] * pa2) * overA, odd = g[1] * (pa * overA);
  Vec even2 = (g[0] + g[2] * pb2) * overB, odd2 = g[1] * (pb * overB);
  out[0] = g[0] * over0;
  out[1] = even + odd;
  out[2] = even - odd;
  out[3] = even2 + odd2;
  out[4] = even2 - odd2;
  out[5] = g[2];
}

// spreadFour is G without divisors: four cotangents, the filter of the gradient of
// weights.
static inline void spreadFour(const Vec* g, Vec* out) {
  Vec even = g[0] + g[2] * pa2, odd = (g[1] + g[3] * pa2) * pa;
  Vec even2 = g[0] + g[2] * pb2, odd2 = (g[1] + g[3] * pb2) * pb;
  out[0] = g[0];
  out[1] = even + odd;
  out[2] = even - odd;
  out[3] = even2 + odd2;
  out[4] = even2 - odd2;
  out[5] = g[3];
}

// takeFour is Aᵀ: four outputs.
static inline void takeFour(const Vec* m, Vec* out) {
  Vec sum = m[1] + m[2], difference = m[1] - m[2], sum2 = m[3] + m[4], difference2 = m[3] - m[4];
  out[0] = m[0] + sum + sum2;
  out[1] = difference * pa + difference2 * pb;
  out[2] = sum * pa2 + sum2 * pb2;
  out[3] = difference * pa3 + difference2 * pb3 + m[5];
}

// takeThree is Aᵀ for three outputs, with the divisors that spreadFour left out.
static inline void takeThree(const Vec* m, Vec* out) {
  Vec sum = (m[1] + m[2]) * overA, difference = (m[1] - m[2]) * overA, sum2 = (m[3] + m[4]) * overB, difference2 = (m[3] - m[4]) * overB;
  out[0] = m[0] * over0 + sum + sum2;
  out[1] = difference * pa + difference2 * pb;
  out[2] = sum * pa2 + sum2 * pb2 + m[5];
}

// twice applies a transform of N to M elements along both dimensions of a tile.
template <int N, int M, void (*f)(const Vec*, Vec*)>
static inline void twice(const Vec in[N][N], Vec out[M][M]) {
  Vec half[M][N];
  for (int j = 0; j < N; j++) {
    Vec column[N], to[M];
    for (int i = 0; i < N; i++) column[i] = in[i][j];
    f(column, to);
    for (int i = 0; i < M; i++) half[i][j] = to[i];
  }
  for (int i = 0; i < M; i++) f(half[i], out[i]);
}

// winogradInput transforms a tile of 6×6 pixels to 36 products' factors.
static void winogradInput(const float* x, int64_t row, int64_t channels, float* out, int64_t point) {
  for (int64_t k = 0; k < channels; k += WIDTH) {
    Vec half[6][6];
    for (int j = 0; j < 6; j++) {
      Vec column[6], to[6];
      for (int i = 0; i < 6; i++) column[i] = load(x + i * row + j * channels + k);
      bring(column, to);
      for (int i = 0; i < 6; i++) half[i][j] = to[i];
    }
    for (int i = 0; i < 6; i++) {
      Vec to[6];
      bring(half[i], to);
      for (int j = 0; j < 6; j++) store(out + (i * 6 + j) * point + k, to[j]);
    }
  }
}

// winogradCotangent does so with a tile of 4×4, of which those within rows and
// columns are there and the others zero.
template <bool WHOLE>
static void winogradCotangentAs(const float* dy, int64_t row, int64_t channels, int64_t rows, int64_t columns, float* out, int64_t point) {
  for (int64_t k = 0; k < channels; k += WIDTH) {
    Vec half[6][4];
    for (int j = 0; j < 4; j++) {
      Vec column[4], to[6];
      for (int i = 0; i < 4; i++) column[i] = WHOLE || (i < rows && j < columns) ? load(dy + i * row + j * channels + k) : Vec{};
      spreadFour(column, to);
      for (int i = 0; i < 6; i++) half[i][j] = to[i];
    }
    for (int i = 0; i < 6; i++) {
      Vec to[6];
      spreadFour(half[i], to);
      for (int j = 0; j < 6; j++) store(out + (i * 6 + j) * point + k, to[j]);
    }
  }
}

static void winogradCotangent(const float* dy, int64_t row, int64_t channels, int64_t rows, int64_t columns, float* out, int64_t point) {
  if (rows == 4 && columns == 4) {
    winogradCotangentAs<true>(dy, row, channels, 4, 4, out, point);
  } else {
    winogradCotangentAs<false>(dy, row, channels, rows, columns, out, point);
  }
}

// takeFourRows is takeFour of each of the six columns of a tile of sums, whose points
// lie so far apart.
static inline void takeFourRows(const float* m, int64_t point, Vec (*half)[6]) {
  for (int j = 0; j < 6; j++) {
    Vec column[6], to[4];
    for (int i = 0; i < 6; i++) column[i] = load(m + (i * 6 + j) * point);
    takeFour(column, to);
    for (int i = 0; i < 4; i++) half[i][j] = to[i];
  }
}

// winogradOutput makes pixels of a tile of 4×4 of sums, those within rows and
// columns; PLAIN if it is whole and nothing is done with them.
template <bool PLAIN>
static void winogradOutputAs(const float* m, int64_t point, int64_t channels, const float* bias, const float* add, bool rectify, int64_t row, int64_t rows, int64_t columns, float* y) {
  for (int64_t k = 0; k < channels; k += WIDTH) {
    Vec half[4][6];
    takeFourRows(m + k, point, half);
    if (PLAIN) {
      for (int i = 0; i < 4; i++) {
        Vec to[4];
        takeFour(half[i], to);
        for (int j = 0; j < 4; j++) store(y + i * row + j * channels + k, to[j]);
      }
      continue;
    }
    Vec b = bias ? load(bias + k) : Vec{};
    for (int64_t i = 0; i < rows; i++) {
      Vec to[4];
      takeFour(half[i], to);
      for (int j = 0; j < 4; j++) {
        if (j >= columns) break;
        int64_t at = i * row + j * channels + k;
        Vec v = to[j] + b;
        if (add) v += load(add + at);
        store(y + at, rectify ? relu(v) : v);
      }
    }
  }
}

static void winogradOutput(const float* m, int64_t point, int64_t channels, const float* bias, const float* add, bool rectify, int64_t row, int64_t rows, int64_t columns, float* y) {
  if (!bias && !add && !rectify && rows == 4 && columns == 4) {
    winogradOutputAs<true>(m, point, channels, bias, add, rectify, row, 4, 4, y);
  } else {
    winogradOutputAs<false>(m, point, channels, bias, add, rectify, row, rows, columns, y);
  }
}

// winogradPool makes pixels of a tile of 4×4 of sums of which each is the largest of
// a window of 2×2, those within rows and columns.
static void winogradPool(const float* m, int64_t point, int64_t channels, const float* bias, bool rectify, int64_t row, int64_t rows, int64_t columns, float* y) {
  for (int64_t k = 0; k < channels; k += WIDTH) {
    Vec half[4][6];
    takeFourRows(m + k, point, half);
    Vec b = bias ? load(bias + k) : Vec{};
    for (int64_t i = 0; i < rows; i += 2) {
      Vec above[4], below[4];
      takeFour(half[i], above);
      takeFour(half[i + 1], below);
      for (int j = 0; j < 4; j += 2) {
        if (j >= columns) break;
        Vec v = maxOf(maxOf(above[j], above[j + 1]), maxOf(below[j], below[j + 1])) + b;
        store(y + i / 2 * row + j / 2 * channels + k, rectify ? relu(v) : v);
      }
    }
  }
}

// winogradWeights transforms n filters of 3×3; tap t of filter i is w[t·n + i],
// and point p of it out[p·n + i].
static void winogradWeights(const float* w, int64_t n, float* out) {
  for (int64_t k = 0; k < n; k += WIDTH) {
    Vec in[3][3], to[6][6];
    for (int i = 0; i < 9; i++) in[i / 3][i % 3] = load(w + i * n + k);
    twice<3, 6, weigh>(in, to);
    for (int i = 0; i < 36; i++) store(out + i * n + k, to[i / 6][i % 6]);
  }
}

// winogradFilters makes the gradient of n filters of sums, in the same order.
static void winogradFilters(const float* m, int64_t n, float* dw) {
  for (int64_t k = 0; k < n; k += WIDTH) {
    Vec in[6][6], to[3][3];
    for (int i = 0; i < 36; i++) in[i / 6][i % 6] = load(m + i * n + k);
    twice<6, 3, takeThree>(in, to);
    for (int i = 0; i < 9; i++) store(dw + i * n + k, to[i / 3][i % 3]);
  }
}

// EACH_CHANNEL_BLOCK runs blocks(N) for the channels in N vectors at a time, and
// the rest, a statement, for every channel k that is left.
#define EACH_CHANNEL_BLOCK(blocks, ...)                        \
  int64_t k = 0;                                               \
  for (; k + 4 * WIDTH <= channels; k += 4 * WIDTH) blocks(4)  \
  for (; k + 2 * WIDTH <= channels; k += 2 * WIDTH) blocks(2)  \
  for (; k + WIDTH <= channels; k += WIDTH) blocks(1)          \
  for (; k < channels; k++) __VA_ARGS__

static void sumRows(const float* x, int64_t rows, int64_t channels, int64_t stride, float* out) {
#define BLOCK(N)                                                             \
  {                                                                          \
    Vec even[N] = {}, odd[N] = {};                                           \
    const float* p = x + k;                                                  \
    int64_t r = 0;                                                           \
    for (; r + 2 <= rows; r += 2, p += 2 * stride)                           \
      for (int j = 0; j < N; j++) {                                          \
        even[j] += load(p + j * WIDTH);                                      \
        odd[j] += load(p + stride + j * WIDTH);                              \
      }                                                                      \
    if (r < rows)                                                            \
      for (int j = 0; j < N; j++) even[j] += load(p + j * WIDTH);            \
    for (int j = 0; j < N; j++) store(out + k + j * WIDTH, load(out + k + j * WIDTH) + even[j] + odd[j]); \
  }
  EACH_CHANNEL_BLOCK(BLOCK, {
    float sum = 0;
    for (int64_t r = 0; r < rows; r++) sum += x[r * stride + k];
    out[k] += sum;
  })
#undef BLOCK
}

static void deviations(const float* x, const float* mean, int64_t rows, int64_t channels, float* out) {
#define BLOCK(N)                                                             \
  {                                                                          \
    Vec even[N] = {}, odd[N] = {}, m[N];                                     \
    for (int j = 0; j < N; j++) m[j] = load(mean + k + j * WIDTH);           \
    const float* p = x + k;                                                  \
    int64_t r = 0;                                                           \
    for (; r + 2 <= rows; r += 2, p += 2 * channels)                         \
      for (int j = 0; j < N; j++) {                                          \
        Vec a = load(p + j * WIDTH) - m[j], b = load(p + channels + j * WIDTH) - m[j]; \
        even[j] += a * a;                                                    \
        odd[j] += b * b;                                                     \
      }                                                                      \
    if (r < rows)                                                            \
      for (int j = 0; j < N; j++) {                                          \
        Vec a = load(p + j * WIDTH) - m[j];                                  \
        even[j] += a * a;                                                    \
      }                                                                      \
    for (int j = 0; j < N; j++) store(out + k + j * WIDTH, even[j] + odd[j]); \
  }
  EACH_CHANNEL_BLOCK(BLOCK, {
    float sum = 0;
    for (int64_t r = 0; r < rows; r++) {
      float a = x[r * channels + k] - mean[k];
      sum += a * a;
    }
    out[k] = sum;
  })
#undef BLOCK
}

template <bool ADD, bool RELU>
static void normaliseAs(const float* x, const float* a, const float* b, const float* add, int64_t rows, int64_t channels, float* y) {
#define BLOCK(N)                                                             \
  {                                                                          \
    Vec av[N], bv[N];                                                        \
    for (int j = 0; j < N; j++) av[j] = load(a + k + j * WIDTH), bv[j] = load(b + k + j * WIDTH); \
    for (int64_t at = k, r = 0; r < rows; r++, at += channels)               \
      for (int j = 0; j < N; j++) {                                          \
        Vec v = load(x + at + j * WIDTH) * av[j] + bv[j];                    \
        if (ADD) v += load(add + at + j * WIDTH);                            \
        if (RELU) v = relu(v);                                               \
        store(y + at + j * WIDTH, v);                                        \
      }                                                                      \
  }
  EACH_CHANNEL_BLOCK(BLOCK, {
    for (int64_t at = k, r = 0; r < rows; r++, at += channels) {
      float v = x[at] * a[k] + b[k];
      if (ADD) v += add[at];
      y[at] = RELU ? relu(v) : v;
    }
  })
#undef BLOCK
}

static void normalise(const float* x, const float* a, const float* b, const float* add, bool relu, int64_t rows, int64_t channels, float* y) {
  if (add) {
    relu ? normaliseAs<true, true>(x, a, b, add, rows, channels, y) : normaliseAs<true, false>(x, a, b, add, rows, channels, y);
  } else {
    relu ? normaliseAs<false, true>(x, a, b, add, rows, channels, y) : normaliseAs<false, false>(x, a, b, add, rows, channels, y);
  }
}

template <bool MASK, bool KEEP>
static void normSumsAs(const float* dy, const float* mask, const float* x, const float* mean, int64_t rows, int64_t channels, float* g, float* gx, float* masked) {
#define BLOCK(N)                                                             \
  {                                                                          \
    Vec sum[N] = {}, cross[N] = {}, m[N];                                    \
    for (int j = 0; j < N; j++) m[j] = load(mean + k + j * WIDTH);           \
    for (int64_t at = k, r = 0; r < rows; r++, at += channels)               \
      for (int j = 0; j < N; j++) {                                          \
        Vec d = load(dy + at + j * WIDTH);                                   \
        if (MASK) d = where(load(mask + at + j * WIDTH), d);                 \
        if (KEEP) store(masked + at + j * WIDTH, d);                         \
        sum[j] += d;                                                         \
        cross[j] += d * (load(x + at + j * WIDTH) - m[j]);                   \
      }                                                                      \
    for (int j = 0; j < N; j++) store(g + k + j * WIDTH, sum[j]), store(gx + k + j * WIDTH, cross[j]); \
  }
  EACH_CHANNEL_BLOCK(BLOCK, {
    float sum = 0, cross = 0;
    for (int64_t at = k, r = 0; r < rows; r++, at += channels) {
      float d = dy[at];
      if (MASK) d = where(mask[at], d);
      if (KEEP) masked[at] = d;
      sum += d;
      cross += d * (x[at] - mean[k]);
    }
    g[k] = sum, gx[k] = cross;
  })
#undef BLOCK
}

static void normSums(const float* dy, const float* mask, const float* x, const float* mean, int64_t rows, int64_t channels, float* g, float* gx, float* masked) {
  if (!mask) {
    normSumsAs<false, false>(dy, mask, x, mean, rows, channels, g, gx, masked);
  } else if (!masked) {
    normSumsAs<true, false>(dy, mask, x, mean, rows, channels, g, gx, masked);
  } else {
    normSumsAs<true, true>(dy, mask, x, mean, rows, channels, g, gx, masked);
  }
}

template <bool MASK>
static void normGradAs(const float* dy, const float* mask, const float* x, const float* mean, const float* a, const float* b, const float* c, int64_t rows, int64_t channels, float* dx) {
#define BLOCK(N)                                                             \
  {                                                                          \
    Vec m[N], av[N], bv[N], cv[N];                                           \
    for (int j = 0; j < N; j++) {                                            \
      m[j] = load(mean + k + j * WIDTH);                                     \
      av[j] = load(a + k + j * WIDTH);                                       \
      bv[j] = load(b + k + j * WIDTH);                                       \
      cv[j] = load(c + k + j * WIDTH);                                       \
    }                                                                        \
    for (int64_t at = k, r = 0; r < rows; r++, at += channels)               \
      for (int j = 0; j < N; j++) {                                          \
        Vec d = load(dy + at + j * WIDTH);                                   \
        if (MASK) d = where(load(mask + at + j * WIDTH), d);                 \
        store(dx + at + j * WIDTH, av[j] * d - bv[j] - cv[j] * (load(x + at + j * WIDTH) - m[j])); \
      }                                                                      \
  }
  int64_t k = 0;
  // Two vectors: four would not leave registers for what is constant.
  for (; k + 2 * WIDTH <= channels; k += 2 * WIDTH) BLOCK(2)
  for (; k + WIDTH <= channels; k += WIDTH) BLOCK(1)
  for (; k < channels; k++) {
    for (int64_t at = k, r = 0; r < rows; r++, at += channels) {
      float d = dy[at];
      if (MASK) d = where(mask[at], d);
      dx[at] = a[k] * d - b[k] - c[k] * (x[at] - mean[k]);
    }
  }
#undef BLOCK
}

static void normGrad(const float* dy, const float* mask, const float* x, const float* mean, const float* a, const float* b, const float* c, int64_t rows, int64_t channels, float* dx) {
  if (mask) {
    normGradAs<true>(dy, mask, x, mean, a, b, c, rows, channels, dx);
  } else {
    normGradAs<false>(dy, mask, x, mean, a, b, c, rows, channels, dx);
  }
}

static void reluGrad(const float* dy, const float* y, int64_t n, float* dx) {
  int64_t i = 0;
  for (; i + WIDTH <= n; i += WIDTH) store(dx + i, where(load(y + i), load(dy + i)));
  for (; i < n; i++) dx[i] = where(y[i], dy[i]);
}

typedef uint8_t Bytes __attribute__((vector_size(WIDTH)));

static inline Ints allInts(int32_t v) { return Ints{} + v; }

// bytes and ints go between an index in memory and lanes. A copy, because vectors
// of bytes have an alignment.
static inline void storeBytes(uint8_t* p, Ints v) {
  Bytes b = __builtin_convertvector(v, Bytes);
  __builtin_memcpy(p, &b, WIDTH);
}
static inline Ints loadBytes(const uint8_t* p) {
  Bytes b;
  __builtin_memcpy(&b, p, WIDTH);
  return __builtin_convertvector(b, Ints);
}

// largest gives the largest element of every window.
static void largest(const Pool& p, const float* x, float* y) {
  for (int64_t w = 0; w < p.windows; w++, x += p.step, y += p.channels) {
    int64_t k = 0;
    for (; k + WIDTH <= p.channels; k += WIDTH) {
      Vec best = load(x + p.offsets[0] + k);
      for (int64_t i = 1; i < p.places; i++) best = maxOf(best, load(x + p.offsets[i] + k));
      store(y + k, best);
    }
    for (; k < p.channels; k++) {
      float best = x[p.offsets[0] + k];
      for (int64_t i = 1; i < p.places; i++) {
        float v = x[p.offsets[i] + k];
        if (v > best || v != v) best = v;
      }
      y[k] = best;
    }
  }
}

// maximum gives the largest element of every window and its mark. What is no
// number counts as larger than every number, so that it is seen.
template <bool TIES>
static void maximumAs(const Pool& p, const float* x, float* y, uint8_t* index) {
  for (int64_t w = 0; w < p.windows; w++, x += p.step, y += p.channels, index += p.channels) {
    int64_t k = 0;
    for (; k + WIDTH <= p.channels; k += WIDTH) {
      Vec best = load(x + p.offsets[0] + k);
      Ints mark = allInts(p.marks[0]);
      for (int64_t i = 1; i < p.places; i++) {
        Vec v = load(x + p.offsets[i] + k);
        Ints more = (v > best) | (v != v), here = allInts(p.marks[i]);
        if (TIES) mark |= (v == best) & here;
        mark = more ? here : mark;
        best = more ? v : best;
      }
      if (p.rectified) mark = best > Vec{} ? mark : allInts(TIES ? 0 : none);
      store(y + k, best);
      storeBytes(index + k, mark);
    }
    for (; k < p.channels; k++) {
      float best = x[p.offsets[0] + k];
      uint8_t mark = p.marks[0];
      for (int64_t i = 1; i < p.places; i++) {
        float v = x[p.offsets[i] + k];
        if (v > best || v != v) {
          best = v;
          mark = p.marks[i];
        } else if (TIES && v == best) {
          mark |= p.marks[i];
        }
      }
      if (p.rectified && !(best > 0)) mark = TIES ? 0 : none;
      y[k] = best;
      index[k] = mark;
    }
  }
}

static void maximum(const Pool& p, const float* x, float* y, uint8_t* index) {
  p.ties ? maximumAs<true>(p, x, y, index) : maximumAs<false>(p, x, y, index);
}

// count is the number of bits of a byte, in a lane or alone.
template <class T>
static inline T count(T v) {
  v = v - ((v >> 1) & 0x55);
  v = (v & 0x33) + ((v >> 2) & 0x33);
  return (v + (v >> 4)) & 15;
}

// spread writes, or adds, the cotangent of every window to the places of its
// maximum, evenly where there are several.
template <bool TIES>
static void spreadAs(const Pool& p, const float* dy, const uint8_t* index, float* dx) {
  for (int64_t w = 0; w < p.windows; w++, dx += p.step, dy += p.channels, index += p.channels) {
    int64_t k = 0;
    for (; k + WIDTH <= p.channels; k += WIDTH) {
      Vec share = load(dy + k);
      Ints mark = loadBytes(index + k);
      if (TIES) share = share / __builtin_convertvector(count(mark), Vec);
      for (int64_t i = 0; i < p.places; i++) {
        Ints here = allInts(p.marks[i]);
        Ints hit = TIES ? (mark & here) != 0 : mark == here;
        Vec v = hit ? share : Vec{};
        float* to = dx + p.offsets[i] + k;
        store(to, p.add ? load(to) + v : v);
      }
    }
    for (; k < p.channels; k++) {
      float share = dy[k];
      if (TIES) share /= static_cast<float>(count<int>(index[k]));
      for (int64_t i = 0; i < p.places; i++) {
        bool hit = TIES ? (index[k] & p.marks[i]) != 0 : index[k] == p.marks[i];
        float* to = dx + p.offsets[i] + k;
        float v = hit ? share : 0.0f;
        *to = p.add ? *to + v : v;
      }
    }
  }
}

static void spread(const Pool& p, const float* dy, const uint8_t* index, float* dx) {
  p.ties ? spreadAs<true>(p, dy, index, dx) : spreadAs<false>(p, dy, index, dx);
}

// sumSquares adds runs of some hundred elements in single precision and the runs
// in double.
static double sumSquares(const float* x, int64_t n) {
  double total = 0;
  for (int64_t from = 0; from < n; from += 1024) {
    int64_t to = from + 1024 < n ? from + 1024 : n, i = from;
    Vec a = {}, b = {}, c = {}, d = {};
    for (; i + 4 * WIDTH <= to; i += 4 * WIDTH) {
      Vec p = load(x + i), q = load(x + i + WIDTH), r = load(x + i + 2 * WIDTH), s = load(x + i + 3 * WIDTH);
      a += p * p, b += q * q, c += r * r, d += s * s;
    }
    Vec v = (a + b) + (c + d);
    float sum = 0;
    for (int j = 0; j < WIDTH; j++) sum += v[j];
    for (; i < to; i++) sum += x[i] * x[i];
    total += sum;
  }
  return total;
}

// The updates are loops that the compiler turns into vectors: nothing in them
// depends on another element, so that what is new may take the place of what was.
#if defined(__clang__)
#define APART PRAGMA(clang loop vectorize(assume_safety))
#else
#define APART PRAGMA(GCC ivdep)
#endif
static void sgd(const float* p, const float* g, const float* v, int64_t n, float clip, float rate, float momentum, float decay, bool nesterov, float* p2, float* v2) {
  if (!v) {
    APART for (int64_t i = 0; i < n; i++) p2[i] = p[i] - (g[i] * clip + decay * p[i]) * rate;
    return;
  }
  if (nesterov) {
    APART for (int64_t i = 0; i < n; i++) {
      float d = g[i] * clip + decay * p[i], next = momentum * v[i] + d;
      p2[i] = p[i] - (d + momentum * next) * rate;
      v2[i] = next;
    }
    return;
  }
  APART for (int64_t i = 0; i < n; i++) {
    float next = momentum * v[i] + (g[i] * clip + decay * p[i]);
    p2[i] = p[i] - next * rate;
    v2[i] = next;
  }
}

// The root of a vector, which no operator of the language has.
static inline float root(float v) { return __builtin_sqrtf(v); }

static void adam(const float* p, const float* g, const float* m, const float* v, int64_t n, float clip, float beta1, float beta2, float rate, float offset, float keep, float decay, float* p2, float* m2, float* v2) {
  APART for (int64_t i = 0; i < n; i++) {
    float old = p[i], d = g[i] * clip + decay * old;
    float mean = beta1 * m[i] + d, square = beta2 * v[i] + d * d;
    m2[i] = mean;
    v2[i] = square;
    p2[i] = keep * old - rate * mean / (root(square) + offset);
  }
}

static void adagrad(const float* p, const float* g, const float* h, int64_t n, float clip, float rate, float epsilon, float decay, float* p2, float* h2) {
  APART for (int64_t i = 0; i < n; i++) {
    float old = p[i], d = g[i] * clip + decay * old;
    float sum = h[i] + d * d;
    h2[i] = sum;
    p2[i] = old - rate * d / (root(sum) + epsilon);
  }
}

#include "rows.h"

}  // namespace SET

extern const Isa ENTRY;
const Isa ENTRY = {
    TITLE,          WIDTH,           SET::gather,   SET::correlate, SET::turn, SET::winogradInput, SET::winogradCotangent, SET::winogradOutput, SET::winogradPool, SET::winogradWeights, SET::winogradFilters,  SET::sumRows, SET::deviations, SET::normalise, SET::normSums,
    SET::normGrad,  SET::reluGrad,   SET::maximum, SET::largest,  SET::spread, SET::sumSquares, SET::sgd,      SET::adam,    SET::adagrad,
    SET::gelu,      SET::geluGrad,   SET::rowNorm,  SET::rowNormGrad, SET::softmax,  SET::softmaxGrad,
};

}  // namespace sharewise
