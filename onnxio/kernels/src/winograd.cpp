// Convolution with windows of 3×3 by Winograd's algorithm: tiles of 4×4 outputs
// as 36 products of matrices instead of 144, between transforms that only add and
// scale. Rounding errors are about twice those of the direct sum: 8e-7 of the
// result's root mean square, beside 4e-7, for 64 channels of normal numbers.

#include "conv.h"

namespace sharewise {

namespace {

constexpr int64_t points = 36;

int64_t oddLines(int64_t floats) { return ((floats + 15) / 16 | 1) * 16; }

// Tiles are those of an image; the last of a row or column may reach beyond it.
struct Tiles {
  int64_t high, wide, each;  // each: of an image
  Border border;             // of the input, for whole tiles
  int64_t chunk;             // tiles at once, so that what they become stays in the cache
  int64_t in, out;           // floats from point to point of what a chunk becomes

  Tiles(const Image& from, const Image& to, const int64_t pads[4], int64_t inputs, int64_t outputs) {
    high = (to.h + 3) / 4;
    wide = (to.w + 3) / 4;
    each = high * wide;
    border = {pads[0], pads[1], high * 4 + 2, wide * 4 + 2};
    constexpr int64_t cache = 96 * 1024;
    chunk = std::max<int64_t>(12, cache / (points * (inputs + outputs)) / 12 * 12);
    chunk = std::min(chunk, each * from.n);
    // An odd number of cache lines, so that the 36 points of a tile do not meet in
    // the same few sets of the cache.
    in = oddLines(chunk * inputs);
    out = oddLines(chunk * outputs);
  }
};

// each calls f(i, image, row, column) for a chunk of tiles from first to last,
// and padded(image) before the first tile of every image in it.
template <class P, class F>
void eachTile(const Tiles& t, int64_t first, int64_t last, P&& padded, F&& f) {
  for (int64_t i = first; i < last; i++) {
    int64_t n = i / t.each, in = i % t.each;
    if (i == first || in == 0) padded(n);
    f(i - first, n, in / t.wide, in % t.wide);
  }
}

int64_t blockOf(int64_t outputs) { return outputs > isa().width ? 2 * isa().width : isa().width; }

}  // namespace

bool winogradSuits(const Geometry& g, const Filter& f, int64_t inputs, int64_t outputs, const Image& y) {
  if (f.h != 3 || f.w != 3 || g.group != 1 || g.series || g.direct) return false;
  for (int i = 0; i < 2; i++)
    if (g.stride[i] != 1 || g.dilation[i] != 1) return false;
  for (int64_t p : g.pad)
    if (p > 2) return false;
  int64_t width = isa().width;
  if (inputs % width || outputs % width || inputs % blockOf(inputs) || outputs % blockOf(outputs) || inputs < 16 || outputs < 16) return false;
  // Tiles that reach beyond the image are computed in vain.
  int64_t covered = (y.h + 3) / 4 * 4 * ((y.w + 3) / 4 * 4);
  return y.pixels() * 16 >= covered * 9;
}

void winograd(Context& c, const Image& from, const int64_t pads[4], const Image& to, const float* x, const float* w,
              int64_t inStep, int64_t outStep, bool flip, const Finish& finish, float* y) {
  Tiles t(from, to, pads, from.c, to.c);
  int64_t block = blockOf(to.c), blocks = to.c / block, filters = from.c * to.c;
  Scratch shared;
  float* taps = shared.get(1, 9 * filters);
  float* weights = shared.get(2, points * filters);
  for (int64_t tap = 0; tap < 9; tap++) {
    const float* in = w + (flip ? 8 - tap : tap);
    float* out = taps + tap * filters;
    for (int64_t b = 0; b < blocks; b++)
      for (int64_t i = 0; i < from.c; i++, out += block)
        for (int64_t o = 0; o < block; o++) out[o] = in[i * inStep + (b * block + o) * outStep];
  }
  isa().winogradWeights(taps, filters, weights);

  std::vector<int64_t> base(static_cast<size_t>(t.chunk));
  for (int64_t i = 0; i < t.chunk; i++) base[static_cast<size_t>(i)] = i * from.c;
  int64_t all = t.each * from.n, chunks = (all + t.chunk - 1) / t.chunk;
  int64_t line = t.border.w * from.c;
  c.parallel(chunks, [&](int64_t i) {
    int64_t first = i * t.chunk, last = std::min(all, first + t.chunk), count = last - first;
    Scratch scratch;
    float* v = scratch.get(3, points * t.in);
    float* m = scratch.get(4, points * t.out);
    float* padded = scratch.get(0, t.border.h * line);
    eachTile(t, first, last, [&](int64_t n) { pad(x + n * from.elements(), from, t.border, 1, padded); },
             [&](int64_t at, int64_t, int64_t row, int64_t column) {
               isa().winogradInput(padded + row * 4 * line + column * 4 * from.c, line, from.c, v + at * from.c, t.in);
             });
    for (int64_t p = 0; p < points; p++)
      for (int64_t b = 0; b < blocks; b++) {
        Segment segment{weights + p * filters + b * from.c * block, 0, from.c};
        Gather job{};
        job.buffer = v + p * t.in;
        job.base = base.data();
        job.pixels = count;
        job.segments = &segment;
        job.segmentCount = 1;
        job.out = m + p * t.out + b * block;
        job.stride = to.c;
        job.channels = block;
        isa().gather(job, static_cast<int>(block / isa().width));
      }
    eachTile(t, first, last, [](int64_t) {},
             [&](int64_t at, int64_t n, int64_t row, int64_t column) {
               if (finish.pool) {
                 int64_t place = ((n * (to.h / 2) + row * 2) * (to.w / 2) + column * 2) * to.c;
                 return isa().winogradPool(m + at * to.c, t.out, to.c, finish.bias, finish.relu, to.w / 2 * to.c,
                                           std::min<int64_t>(4, to.h - row * 4), std::min<int64_t>(4, to.w - column * 4), y + place);
               }
               int64_t place = ((n * to.h + row * 4) * to.w + column * 4) * to.c;
               isa().winogradOutput(m + at * to.c, t.out, to.c, finish.bias, finish.add ? finish.add + place : nullptr, finish.relu, to.w * to.c,
                                    std::min<int64_t>(4, to.h - row * 4), std::min<int64_t>(4, to.w - column * 4), y + place);
             });
  });
}

void winogradGradWeight(Context& c, const Geometry& g, const Image& x, const Image& y, const float* xs, const float* dys, float* dw, float* db) {
  Tiles t(x, y, g.pad, x.c, y.c);
  int64_t block = blockOf(y.c), blocks = y.c / block, filters = x.c * y.c;
  int64_t all = t.each * x.n, sum = points * filters;
  // Parts, while their sums are small beside what is summed up.
  int64_t parts = std::max<int64_t>(1, std::min<int64_t>({8, x.n, x.n * (x.elements() + y.elements()) / (2 * sum)}));
  Scratch shared;
  float* sums = shared.get(1, parts * (sum + y.c));
  int64_t line = t.border.w * x.c;
  c.parallel(parts, [&](int64_t part) {
    float* total = sums + part * (sum + y.c);
    float* bias = total + sum;
    std::fill_n(total, sum + y.c, 0.0f);
    Scratch scratch;
    float* v = scratch.get(3, points * t.in);
    float* d = scratch.get(4, points * t.out);
    float* padded = scratch.get(0, t.border.h * line);
    int64_t begin = all * part / parts, end = all * (part + 1) / parts;
    for (int64_t first = begin; first < end; first += t.chunk) {
      int64_t last = std::min(end, first + t.chunk);
      eachTile(t, first, last, [&](int64_t n) { pad(xs + n * x.elements(), x, t.border, 1, padded); },
               [&](int64_t at, int64_t n, int64_t row, int64_t column) {
                 isa().winogradInput(padded + row * 4 * line + column * 4 * x.c, line, x.c, v + at * x.c, t.in);
                 int64_t rows = std::min<int64_t>(4, y.h - row * 4), columns = std::min<int64_t>(4, y.w - column * 4);
                 const float* dy = dys + ((n * y.h + row * 4) * y.w + column * 4) * y.c;
                 isa().winogradCotangent(dy, y.w * y.c, y.c, rows, columns, d + at * y.c, t.out);
                 if (db)
                   for (int64_t r = 0; r < rows; r++) isa().sumRows(dy + r * y.w * y.c, columns, y.c, y.c, bias);
               });
      for (int64_t p = 0; p < points; p++)
        for (int64_t b = 0; b < blocks; b++) {
          Correlate job{};
          job.x = v + p * t.in;
          job.dy = d + p * t.out + b * block;
          job.xStep = x.c;
          job.yStep = y.c;
          job.rows = 1;
          job.columns = last - first;
          job.length = x.c;
          job.sumStep = block;
          job.sum = total + p * filters + b * x.c * block;
          isa().correlate(job, static_cast<int>(block / isa().width));
        }
    }
  });
  for (int64_t part = 1; part < parts; part++) {
    const float* other = sums + part * (sum + y.c);
    for (int64_t i = 0; i < sum + y.c; i++) sums[i] += other[i];
  }
  if (db) std::copy_n(sums + sum, y.c, db);
  if (!dw) return;
  float* taps = shared.get(2, 9 * filters);
  isa().winogradFilters(sums, filters, taps);
  for (int64_t b = 0; b < blocks; b++)
    for (int64_t o = 0; o < block; o++)
      for (int64_t i = 0; i < x.c; i++)
        for (int64_t tap = 0; tap < 9; tap++) *dw++ = taps[tap * filters + (b * x.c + i) * block + o];
}

}  // namespace sharewise
