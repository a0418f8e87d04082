// The inner loops, in one version for each instruction set.
#pragma once

#include <cstdint>

namespace sharewise {

// Segment is a run of weights: length times a vector block of outputs, which
// meet as many consecutive inputs, from an offset off each base.
struct Segment {
  const float* weights;
  int64_t offset;
  int64_t length;
};

// Gather is one block of output channels of a convolution:
//
//   out[o][k] = finish(Σ over segments s, i: buffer[base[o] + s.offset + i] · s.weights[i][k])
struct Gather {
  const float* buffer;
  const int64_t* base;     // one offset for each pixel
  int64_t pixels;
  const Segment* segments;
  int64_t segmentCount;
  float* out;              // of the block's first channel
  const int64_t* place;    // of each pixel, in elements; null: pixel·stride
  int64_t stride;
  int64_t window;          // pixels in turn of which the largest sum counts: 1, 2 or 4; no place or add then
  const float* bias;       // padded to the block, or null
  const float* add;        // addressed as out is, or null
  int64_t channels;        // of the block, that are written
  bool relu;
};

// Correlate adds, for a run of rows of pixels,
//
//   sum[r][k] += Σ over pixels: x[pixel·xStep + r] · dy[pixel·yStep + k]
struct Correlate {
  const float* x;
  const float* dy;
  int64_t xStep, yStep;    // from pixel to pixel
  int64_t xRow, yRow;      // from row to row
  int64_t rows, columns;
  int64_t length;          // of r
  float* sum;              // [length][block], from row to row sumStep
  int64_t sumStep;
  bool fresh;              // sums begin at zero
};

// Pool is a run of windows of max pooling that have the same places.
struct Pool {
  const int64_t* offsets;  // of each place from the window's first element
  const uint8_t* marks;    // what stands for it in the index: its number, or a bit
  int64_t places;
  int64_t windows, step;   // step: from window to window of the input
  int64_t channels;
  bool ties;               // marks are bits, of all places that hold the maximum
  bool rectified;          // a maximum that is not positive has no place
  bool add;                // to what is in dx already
};

// none stands for no place where places have numbers.
constexpr uint8_t none = 255;

// Isa is what each instruction set has; simd.h says what the functions do.
struct Isa {
  const char* name;
  int64_t width;           // floats in a vector; a block is 2·width or width
  void (*gather)(const Gather&, int vectors);
  void (*correlate)(const Correlate&, int vectors);
  void (*turn)(const float* from, int64_t step, int64_t rows, int64_t columns, float* to, int64_t toStep);
  // The transforms of Winograd's convolution, see simd.h.
  void (*winogradInput)(const float* x, int64_t row, int64_t channels, float* out, int64_t point);
  void (*winogradCotangent)(const float* dy, int64_t row, int64_t channels, int64_t rows, int64_t columns, float* out, int64_t point);
  void (*winogradOutput)(const float* m, int64_t point, int64_t channels, const float* bias, const float* add, bool rectify, int64_t row, int64_t rows, int64_t columns, float* y);
  // The same for a whole or partial tile of which every window of 2×2 gives one pixel.
  void (*winogradPool)(const float* m, int64_t point, int64_t channels, const float* bias, bool rectify, int64_t row, int64_t rows, int64_t columns, float* y);
  void (*winogradWeights)(const float* w, int64_t n, float* out);
  void (*winogradFilters)(const float* m, int64_t n, float* dw);
  void (*sumRows)(const float* x, int64_t rows, int64_t channels, int64_t stride, float* sum);
  void (*deviations)(const float* x, const float* mean, int64_t rows, int64_t channels, float* sum);
  void (*normalise)(const float* x, const float* a, const float* b, const float* add, bool relu, int64_t rows, int64_t channels, float* y);
  // mask is null or y; g = dy where mask > 0. sums of g and of g·(x−mean).
  void (*normSums)(const float* dy, const float* mask, const float* x, const float* mean, int64_t rows, int64_t channels, float* g, float* gx, float* masked);
  // dx = a·g − b − c·(x−mean)
  void (*normGrad)(const float* dy, const float* mask, const float* x, const float* mean, const float* a, const float* b, const float* c, int64_t rows, int64_t channels, float* dx);
  void (*reluGrad)(const float* dy, const float* y, int64_t n, float* dx);
  void (*maximum)(const Pool&, const float* x, float* y, uint8_t* index);
  void (*largest)(const Pool&, const float* x, float* y);  // without an index
  void (*spread)(const Pool&, const float* dy, const uint8_t* index, float* dx);
  double (*sumSquares)(const float* x, int64_t n);
  // What is new may take the place of what was.
  void (*sgd)(const float* p, const float* g, const float* v, int64_t n, float clip, float rate, float momentum, float decay, bool nesterov, float* p2, float* v2);
  void (*adam)(const float* p, const float* g, const float* m, const float* v, int64_t n, float clip, float beta1, float beta2, float rate, float offset, float keep, float decay, float* p2, float* m2, float* v2);
  void (*adagrad)(const float* p, const float* g, const float* h, int64_t n, float clip, float rate, float epsilon, float decay, float* p2, float* h2);
  // What rows.h says of them.
  void (*gelu)(const float* x, int64_t n, float* y);
  void (*geluGrad)(const float* dy, const float* x, int64_t n, float* dx);
  void (*rowNorm)(const float* x, const float* scale, const float* bias, float epsilon, int64_t rows, int64_t n, float* y, float* mean, float* inverse);
  void (*rowNormGrad)(const float* dy, const float* x, const float* scale, const float* mean, const float* inverse, int64_t rows, int64_t n, float* dx, float* dscale, float* dbias);
  void (*softmax)(float* x, float factor, int64_t rows, int64_t n);
  void (*softmaxGrad)(const float* dy, const float* y, float factor, int64_t rows, int64_t n, float* dx);
};

extern const Isa isaPlain, isaAvx2, isaAvx512;

// isa returns the version for this processor.
const Isa& isa();

}  // namespace sharewise
