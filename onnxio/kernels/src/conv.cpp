// Convolution of channels-last tensors, and its two gradients.
//
// All three are products of matrices whose one factor is gathered from an image
// by offsets instead of being laid out (as im2col would). Forward, and for the
// gradient of the input, the gathered rows are pixels: one offset for each, to
// which every tap adds the same. Padding is a copy of the image with a border
// of zeros, in memory that stays in the cache, so that all pixels are alike.

#include <algorithm>
#include <cstring>

#include "conv.h"

namespace sharewise {
namespace {

// Tap is one place of the window: the offset in the image with its border, and
// which weights belong there.
struct Tap {
  int64_t offset, weight;
};

// Phase is a set of output pixels with the same taps: all of them, or, for the
// gradient of a strided convolution's input, those of one remainder.
struct Phase {
  std::vector<int64_t> base, place;  // of a group of images
  std::vector<Tap> taps;
  int64_t packed = 0;                // where the phase's weights begin
};

// Plan is a convolution for given shapes, as gathers.
struct Plan {
  Image from, to;
  Border border;
  std::vector<Phase> phases;
  int64_t group = 1;
  int64_t together = 1;              // images in one gather
  int64_t window = 1;                // pixels in turn that are pooled
  int64_t inputs = 0, outputs = 0;   // channels of a group
  int64_t block = 0, blocks = 0;     // outputs of a vector block, of a group
  int64_t packed = 0;                // floats of all packed weights

  int64_t vectors() const { return block / isa().width; }

  // layOut fills what follows from shapes, phases and taps.
  void layOut() {
    int64_t width = isa().width;
    inputs = from.c / group;
    outputs = to.c / group;
    block = outputs > width ? 2 * width : width;
    blocks = (outputs + block - 1) / block;
    for (Phase& p : phases) {
      p.packed = packed;
      packed += group * blocks * static_cast<int64_t>(p.taps.size()) * inputs * block;
    }
  }
};

// images says how many of them a gather takes: enough pixels for whole tiles to
// count, not more than the cache holds.
int64_t imagesTogether(int64_t pixels, int64_t elements, int64_t n) {
  constexpr int64_t enough = 192, most = 48 * 1024;
  int64_t images = std::max<int64_t>(1, (enough + pixels - 1) / std::max<int64_t>(pixels, 1));
  images = std::min(images, std::max<int64_t>(1, most / std::max<int64_t>(elements, 1)));
  return std::max<int64_t>(1, std::min(images, n));
}

// forwardPlan gathers y from x, or the largest of windows of y.
Plan forwardPlan(const Geometry& g, const Image& x, const Filter& f, const Image& y, bool pool) {
  Plan p;
  p.from = x;
  p.to = pool ? halved(y, g.series) : y;
  p.group = g.group;
  p.border = {g.pad[0], g.pad[1], x.h + g.pad[0] + g.pad[2], x.w + g.pad[1] + g.pad[3]};
  p.together = imagesTogether(y.pixels(), p.border.h * p.border.w * x.c, x.n);
  Phase phase;
  int64_t high = pool && !g.series ? 2 : 1, wide = pool ? 2 : 1;
  p.window = high * wide;
  for (int64_t n = 0; n < p.together; n++)
    for (int64_t h = 0; h < p.to.h * high; h += high)
      for (int64_t w = 0; w < p.to.w * wide; w += wide)
        for (int64_t i = 0; i < p.window; i++)
          phase.base.push_back(((n * p.border.h + (h + i / wide) * g.stride[0]) * p.border.w + (w + i % wide) * g.stride[1]) * x.c);
  for (int64_t h = 0; h < f.h; h++)
    for (int64_t w = 0; w < f.w; w++)
      phase.taps.push_back({(h * g.dilation[0] * p.border.w + w * g.dilation[1]) * x.c, h * f.w + w});
  p.phases.push_back(std::move(phase));
  p.layOut();
  return p;
}

// Reach is, along one dimension and for input pixels of one remainder modulo the
// stride, which taps meet them and at which distance their output pixel is.
struct Reach {
  std::vector<std::pair<int64_t, int64_t>> taps;  // distance, tap
  int64_t count = 0;                              // of input pixels
};

std::vector<Reach> reaches(int64_t size, int64_t kernel, int64_t stride, int64_t dilation, int64_t before) {
  std::vector<Reach> all(static_cast<size_t>(std::min(stride, size)));
  for (size_t r = 0; r < all.size(); r++) {
    int64_t first = static_cast<int64_t>(r);
    all[r].count = (size - first + stride - 1) / stride;
    for (int64_t k = kernel - 1; k >= 0; k--) {  // by growing distance
      int64_t d = first + before - k * dilation;
      if (d % stride == 0) all[r].taps.push_back({d / stride, k});
    }
  }
  return all;
}

// margins returns how far the taps reach before the first and behind the last
// output pixel.
std::pair<int64_t, int64_t> margins(const std::vector<Reach>& all, int64_t outputs) {
  int64_t before = 0, size = 1;
  for (const Reach& r : all)
    for (auto& t : r.taps) {
      before = std::max(before, -t.first);
      size = std::max(size, t.first + r.count);
    }
  (void)outputs;
  return {before, before + size};
}

// inputGradientPlan gathers dx from dy.
Plan inputGradientPlan(const Geometry& g, const Image& x, const Filter& f, const Image& y) {
  Plan p;
  p.from = y;
  p.to = x;
  p.group = g.group;
  std::vector<Reach> rows = reaches(x.h, f.h, g.stride[0], g.dilation[0], g.pad[0]);
  std::vector<Reach> columns = reaches(x.w, f.w, g.stride[1], g.dilation[1], g.pad[1]);
  auto high = margins(rows, y.h), wide = margins(columns, y.w);
  p.border = {high.first, wide.first, high.second, wide.second};
  p.together = imagesTogether(x.pixels(), p.border.h * p.border.w * y.c, x.n);
  bool one = rows.size() == 1 && columns.size() == 1;
  for (size_t a = 0; a < rows.size(); a++)
    for (size_t b = 0; b < columns.size(); b++) {
      Phase phase;
      for (int64_t n = 0; n < p.together; n++)
        for (int64_t h = 0; h < rows[a].count; h++)
          for (int64_t w = 0; w < columns[b].count; w++) {
            phase.base.push_back(((n * p.border.h + h) * p.border.w + w) * y.c);
            if (!one)
              phase.place.push_back(((n * x.h + static_cast<int64_t>(a) + h * g.stride[0]) * x.w + static_cast<int64_t>(b) + w * g.stride[1]) * x.c);
          }
      for (auto& h : rows[a].taps)
        for (auto& w : columns[b].taps)
          phase.taps.push_back({((h.first + high.first) * p.border.w + w.first + wide.first) * y.c, h.second * f.w + w.second});
      p.phases.push_back(std::move(phase));
    }
  p.layOut();
  return p;
}

// pack arranges weights by vector block, tap and input channel. The weights of
// input channel i and output channel o of a group lie at i·inStep + o·outStep,
// from the group's first.
void pack(const Plan& p, const float* w, int64_t groupStep, int64_t inStep, int64_t outStep, float* to) {
  for (const Phase& phase : p.phases)
    for (int64_t g = 0; g < p.group; g++)
      for (int64_t b = 0; b < p.blocks; b++)
        for (const Tap& t : phase.taps)
          for (int64_t i = 0; i < p.inputs; i++) {
            const float* from = w + g * groupStep + i * inStep + b * p.block * outStep + t.weight;
            int64_t n = std::min(p.block, p.outputs - b * p.block);
            for (int64_t o = 0; o < n; o++) to[o] = from[o * outStep];
            std::fill(to + n, to + p.block, 0.0f);
            to += p.block;
          }
}

// segments lists the taps of a block; those whose inputs follow on each other are
// joined.
void segments(const Plan& p, const Phase& phase, const float* weights, int64_t channel, std::vector<Segment>& out) {
  out.clear();
  for (const Tap& t : phase.taps) {
    int64_t offset = t.offset + channel;
    if (!out.empty() && out.back().offset + out.back().length == offset && p.group == 1) {
      out.back().length += p.inputs;
    } else {
      out.push_back({weights, offset, p.inputs});
    }
    weights += p.inputs * p.block;
  }
}

// run carries a plan out.
void run(Context& c, const Plan& p, const float* from, const float* weights, const Finish& finish, float* to) {
  int64_t steps = (p.from.n + p.together - 1) / p.together;
  c.parallel(steps, [&](int64_t step) {
    Scratch scratch;
    int64_t first = step * p.together, images = std::min(p.together, p.from.n - first);
    const float* buffer = from + first * p.from.elements();
    if (!p.border.none(p.from)) {
      float* padded = scratch.get(0, p.together * p.border.h * p.border.w * p.from.c);
      pad(buffer, p.from, p.border, images, padded);
      buffer = padded;
    }
    std::vector<Segment> list;
    std::vector<float> bias(static_cast<size_t>(p.block));
    for (const Phase& phase : p.phases)
      for (int64_t g = 0; g < p.group; g++)
        for (int64_t b = 0; b < p.blocks; b++) {
          int64_t channel = g * p.outputs + b * p.block;
          int64_t size = static_cast<int64_t>(phase.taps.size()) * p.inputs * p.block;
          segments(p, phase, weights + phase.packed + (g * p.blocks + b) * size, g * p.inputs, list);
          Gather job{};
          job.buffer = buffer;
          job.base = phase.base.data();
          job.pixels = static_cast<int64_t>(phase.base.size()) / p.together * images;
          job.segments = list.data();
          job.segmentCount = static_cast<int64_t>(list.size());
          job.out = to + first * p.to.elements() + channel;
          job.place = phase.place.empty() ? nullptr : phase.place.data();
          job.stride = p.to.c;
          job.window = p.window;
          job.channels = std::min(p.block, p.outputs - b * p.block);
          if (finish.bias) {
            std::copy_n(finish.bias + channel, job.channels, bias.begin());
            job.bias = bias.data();
          }
          if (finish.add) job.add = finish.add + first * p.to.elements() + channel;
          job.relu = finish.relu;
          isa().gather(job, static_cast<int>(p.vectors()));
        }
  });
}

// Cached keeps the last plan of a node. Its shapes change between training and
// evaluation at most.
template <class P>
class Cached {
 public:
  template <class Make>
  std::shared_ptr<const P> get(const Image& x, const Filter& f, Make&& make) const {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!plan_ || !(x_ == x) || !(f_ == f)) {
      plan_ = std::make_shared<const P>(make());
      x_ = x;
      f_ = f;
    }
    return plan_;
  }

 private:
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const P> plan_;
  mutable Image x_;
  mutable Filter f_;
};

class Conv : public Kernel {
 public:
  explicit Conv(const Attributes& a) : g_(geometry(a)), relu_(a.flag("relu")), pool_(a.flag("pool")) {}

  void run(Context& c) const override {
    Tensor<const float> x = c.input(0, "x"), w = c.input(1, "w"), bias = c.input(2, "bias", false), add = c.input(3, "add", false);
    Image in = image(x.dims, g_.series, "x");
    Filter f = filter(w.dims, g_.series);
    Image out = outputOf(g_, in, f);
    if (bias.given && bias.dims != Dims{f.k}) fail("bias has shape %s instead of [%lld]", text(bias.dims).c_str(), static_cast<long long>(f.k));
    if (add.given && add.dims != out.dims(g_.series)) fail("add has shape %s instead of %s", text(add.dims).c_str(), text(out.dims(g_.series)).c_str());
    product(out.dims(g_.series));
    Image result = pool_ ? halved(out, g_.series) : out;
    if (pool_ && add.given) fail("what is added to is not pooled");
    if (result.h < 1 || result.w < 1) fail("an image of %lld×%lld pixels cannot be pooled", static_cast<long long>(out.h), static_cast<long long>(out.w));
    float* y = c.output(0, result.dims(g_.series));
    if (!y || out.n == 0) return;
    Finish finish;
    finish.bias = bias.data;
    finish.add = add.data;
    finish.relu = relu_;
    finish.pool = pool_;
    if (pool_) out.h = g_.series ? out.h : out.h / 2 * 2, out.w = out.w / 2 * 2;
    if (winogradSuits(g_, f, f.c, f.k, out)) return winograd(c, in, g_.pad, out, x.data, w.data, f.taps(), f.c * f.taps(), false, finish, y);
    auto plan = plan_.get(in, f, [&] { return forwardPlan(g_, in, f, out, pool_); });
    Scratch scratch;
    float* packed = scratch.get(1, plan->packed);
    pack(*plan, w.data, f.k / g_.group * f.c * f.taps(), f.taps(), f.c * f.taps(), packed);
    sharewise::run(c, *plan, x.data, packed, finish, y);
  }

 private:
  Geometry g_;
  bool relu_, pool_;
  Cached<Plan> plan_;
};

class ConvGradInput : public Kernel {
 public:
  explicit ConvGradInput(const Attributes& a)
      : g_(geometry(a)), height_(within("height", a.integer("height", 1), 1)), width_(within("width", a.integer("width", 1), 1)) {}

  void run(Context& c) const override {
    Tensor<const float> dy = c.input(0, "dy"), w = c.input(1, "w");
    Image out = image(dy.dims, g_.series, "dy");
    Filter f = filter(w.dims, g_.series);
    Image in{out.n, height_, width_, f.c * g_.group};
    Image expected = outputOf(g_, in, f);
    if (!(expected == out)) fail("dy has shape %s instead of %s", text(dy.dims).c_str(), text(expected.dims(g_.series)).c_str());
    product(in.dims(g_.series));
    float* dx = c.output(0, in.dims(g_.series));
    if (!dx || in.n == 0) return;
    if (winogradSuits(g_, f, f.k, f.c, in)) {
      int64_t pads[4];
      for (int i = 0; i < 4; i++) pads[i] = 2 - g_.pad[i];
      return winograd(c, out, pads, in, dy.data, w.data, f.c * f.taps(), f.taps(), true, {}, dx);
    }
    auto plan = plan_.get(out, f, [&] { return inputGradientPlan(g_, in, f, out); });
    Scratch scratch;
    float* packed = scratch.get(1, plan->packed);
    pack(*plan, w.data, f.k / g_.group * f.c * f.taps(), f.c * f.taps(), f.taps(), packed);
    sharewise::run(c, *plan, dy.data, packed, {}, dx);
  }

 private:
  Geometry g_;
  int64_t height_, width_;
  Cached<Plan> plan_;
};

// WeightPlan is how the gradient of weights is summed up.
struct WeightPlan {
  Image x, y;
  Border border;
  int64_t block = 0, blocks = 0;   // outputs of a vector block, of a group
  int64_t outputs = 0;             // channels of a group
  bool joined = false;             // the taps of a row of the window follow on each other
  int64_t sum = 0;                 // floats of one part's sums
  int64_t parts = 1, slices = 1;   // of the batch, of the blocks
  int64_t rows = 1;                // of y at once
};

class ConvGradWeight : public Kernel {
 public:
  explicit ConvGradWeight(const Attributes& a) : g_(geometry(a)), exact_(a.flag("exact")) {
    Dims k = a.integers("kernel");
    if (k.size() != (g_.series ? 1u : 2u)) fail("attribute kernel has %zu sizes", k.size());
    for (size_t i = 0; i < k.size(); i++) kernel_[2 - k.size() + i] = within("kernel", k[i], 1);
  }

  void run(Context& c) const override {
    Tensor<const float> x = c.input(0, "x"), dy = c.input(1, "dy");
    Image in = image(x.dims, g_.series, "x"), out = image(dy.dims, g_.series, "dy");
    if (in.c % g_.group) fail("%lld channels in %lld groups", static_cast<long long>(in.c), static_cast<long long>(g_.group));
    Filter f{out.c, in.c / g_.group, kernel_[0], kernel_[1]};
    if (f.k < 1 || f.c < 1) fail("x or dy has no channels");
    Image expected = outputOf(g_, in, f);
    if (!(expected == out)) fail("dy has shape %s instead of %s", text(dy.dims).c_str(), text(expected.dims(g_.series)).c_str());
    product(f.dims(g_.series));
    float* dw = c.output(0, f.dims(g_.series));
    float* db = c.outputs() > 1 ? c.output(1, {f.k}) : nullptr;
    if (!exact_ && winogradSuits(g_, f, f.c, f.k, out)) return winogradGradWeight(c, g_, in, out, x.data, dy.data, dw, db);
    auto plan = plan_.get(in, f, [&] { return lay(in, f, out); });
    sumUp(c, *plan, f, x.data, dy.data, dw, db);
  }

 private:
  WeightPlan lay(const Image& x, const Filter& f, const Image& y) const {
    WeightPlan p;
    int64_t width = isa().width;
    p.x = x;
    p.y = y;
    p.border = {g_.pad[0], g_.pad[1], x.h + g_.pad[0] + g_.pad[2], x.w + g_.pad[1] + g_.pad[3]};
    p.outputs = f.k / g_.group;
    p.block = p.outputs > width ? 2 * width : width;
    p.blocks = (p.outputs + p.block - 1) / p.block;
    p.joined = g_.group == 1 && g_.dilation[1] == 1;
    p.sum = g_.group * p.blocks * f.taps() * f.c * p.block;
    // Parts of the batch, while their sums are small beside what is summed up;
    // then slices of the outputs.
    constexpr int64_t wanted = 8;
    int64_t affordable = (x.n * (x.elements() + y.elements())) / (4 * std::max<int64_t>(p.sum, 1));
    p.parts = std::max<int64_t>(1, std::min({wanted, affordable, x.n}));
    p.slices = std::max<int64_t>(1, std::min(wanted / p.parts, g_.group * p.blocks));
    // As many rows as the first cache holds of x and of a block of dy.
    constexpr int64_t cache = 6 * 1024;
    int64_t line = p.border.w * x.c * g_.stride[0] + y.w * p.block;
    p.rows = std::max<int64_t>(1, std::min(y.h, cache / line));
    return p;
  }

  void sumUp(Context& c, const WeightPlan& p, const Filter& f, const float* x, const float* dy, float* dw, float* db) const {
    int64_t all = g_.group * p.blocks, biases = all * p.block;
    Scratch shared;
    float* sums = shared.get(1, p.parts * (p.sum + biases));
    c.parallel(p.parts * p.slices, [&](int64_t task) {
      int64_t part = task / p.slices, slice = task % p.slices;
      int64_t from = all * slice / p.slices, to = all * (slice + 1) / p.slices;
      int64_t first = p.x.n * part / p.parts, last = p.x.n * (part + 1) / p.parts;
      float* sum = sums + part * (p.sum + biases);
      float* bias = sum + p.sum;
      int64_t each = p.sum / all;
      std::fill(sum + from * each, sum + to * each, 0.0f);
      std::fill(bias + from * p.block, bias + to * p.block, 0.0f);
      Scratch scratch;
      for (int64_t n = first; n < last; n++) addImage(p, f, x + n * p.x.elements(), dy + n * p.y.elements(), from, to, sum, bias, scratch);
    });
    // One thread suffices to add the parts of what is small, which is when there
    // are several.
    for (int64_t part = 1; part < p.parts; part++) {
      const float* other = sums + part * (p.sum + biases);
      for (int64_t i = 0; i < p.sum + biases; i++) sums[i] += other[i];
    }
    if (dw) unpack(p, f, sums, dw);
    if (db)
      for (int64_t g = 0; g < g_.group; g++) std::copy_n(sums + p.sum + g * p.blocks * p.block, p.outputs, db + g * p.outputs);
  }

  // addImage adds one image's share to the sums of the blocks from … to.
  void addImage(const WeightPlan& p, const Filter& f, const float* x, const float* dy, int64_t from, int64_t to, float* sums, float* biases, Scratch& scratch) const {
    if (!p.border.none(p.x)) {
      float* padded = scratch.get(0, p.border.h * p.border.w * p.x.c);
      pad(x, p.x, p.border, 1, padded);
      x = padded;
    }
    int64_t size = f.taps() * f.c * p.block;
    for (int64_t row = 0; row < p.y.h; row += p.rows) {
      int64_t rows = std::min(p.rows, p.y.h - row);
      for (int64_t b = from; b < to; b++) {
        int64_t group = b / p.blocks, at = b % p.blocks * p.block;
        int64_t channels = std::min(p.block, p.outputs - at);
        Correlate job{};
        job.dy = dy + row * p.y.w * p.y.c + group * p.outputs + at;
        job.yStep = p.y.c;
        job.yRow = p.y.w * p.y.c;
        if (channels < p.block) {
          // A whole vector would reach into the next pixel, or beyond the end.
          float* copy = scratch.get(2, rows * p.y.w * p.block);
          for (int64_t i = 0; i < rows * p.y.w; i++) {
            std::copy_n(job.dy + i * p.y.c, channels, copy + i * p.block);
            std::fill_n(copy + i * p.block + channels, p.block - channels, 0.0f);
          }
          job.dy = copy;
          job.yStep = p.block;
          job.yRow = p.y.w * p.block;
        }
        job.xStep = g_.stride[1] * p.x.c;
        job.xRow = g_.stride[0] * p.border.w * p.x.c;
        job.rows = rows;
        job.columns = p.y.w;
        isa().sumRows(job.dy, rows * p.y.w, p.block, job.yStep, biases + b * p.block);
        job.sumStep = p.block;
        float* sum = sums + b * size;
        for (int64_t h = 0; h < f.h; h++) {
          const float* line = x + ((row * g_.stride[0] + h * g_.dilation[0]) * p.border.w) * p.x.c + group * f.c;
          int64_t count = p.joined ? 1 : f.w;
          job.length = p.joined ? f.w * f.c : f.c;
          for (int64_t w = 0; w < count; w++) {
            job.x = line + w * g_.dilation[1] * p.x.c;
            job.sum = sum + (h * f.w + w) * f.c * p.block;
            isa().correlate(job, static_cast<int>(p.block / isa().width));
          }
        }
      }
    }
  }

  // unpack writes sums [group, block, tap, input, output] as weights.
  void unpack(const WeightPlan& p, const Filter& f, const float* sums, float* dw) const {
    for (int64_t g = 0; g < g_.group; g++)
      for (int64_t b = 0; b < p.blocks; b++) {
        const float* sum = sums + (g * p.blocks + b) * f.taps() * f.c * p.block;
        int64_t n = std::min(p.block, p.outputs - b * p.block);
        float* to = dw + (g * p.outputs + b * p.block) * f.c * f.taps();
        for (int64_t o = 0; o < n; o++)
          for (int64_t i = 0; i < f.c; i++)
            for (int64_t t = 0; t < f.taps(); t++) *to++ = sum[(t * f.c + i) * p.block + o];
      }
  }

  Geometry g_;
  // A weight that only ever meets zeros has the gradient zero exactly, which
  // optimizers need that divide by the size of gradients.
  bool exact_;
  int64_t kernel_[2] = {1, 1};
  Cached<WeightPlan> plan_;
};

}  // namespace

std::vector<Operator> convOperators() {
  return {
      {"Conv", "fff?f?", "f", make<Conv>},
      {"ConvGradInput", "ff", "f", make<ConvGradInput>},
      {"ConvGradWeight", "ff", "ff?", make<ConvGradWeight>},
  };
}

}  // namespace sharewise
