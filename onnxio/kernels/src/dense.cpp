// Whole training steps of a chain of dense layers: several in one call, in which
// parameters and states stay where they are used, laid out as the products want them.

#include <cmath>

#include "loss.h"
#include "update.h"

namespace sharewise {
namespace {

// tall is how many inputs the gradient of weights is computed for at once; chunk over how
// many rows it is summed up at once.
constexpr int64_t tall = 48, chunk = 512;

// Layer is y = [relu](x·W + bias). Its weights are kept by blocks of columns,
// [blocks][in][block], padded with zeros, then its bias; a gradient of them and states
// have the same places.
struct Layer {
  int64_t in, out;
  bool relu, turned, biased;  // turned: outside the weights are [out,in]
  int64_t weights = 0, bias = 0;  // where they begin

  static int64_t blockOf(int64_t columns) { return columns > isa().width ? 2 * isa().width : isa().width; }
  static int64_t wideOf(int64_t columns) { return (columns + blockOf(columns) - 1) / blockOf(columns) * blockOf(columns); }
  int64_t block() const { return blockOf(out); }
  int64_t wide() const { return wideOf(out); }  // columns with their padding
  int64_t size() const { return (in + 1) * wide(); }
  int vectors() const { return static_cast<int>(block() / isa().width); }
};

// transpose writes rows, which lie step apart, of columns elements as columns.
void transpose(const float* from, int64_t step, int64_t rows, int64_t columns, float* to, int64_t toStep) {
  int64_t whole = rows / isa().width * isa().width;
  isa().turn(from, step, whole, columns, to, toStep);
  for (int64_t r = whole; r < rows; r++)
    for (int64_t c = 0; c < columns; c++) to[c * toStep + r] = from[r * step + c];
}

// pack brings weights, or their states, into the form of a layer.
void pack(const Layer& l, const float* w, float* to) {
  int64_t block = l.block();
  for (int64_t first = 0; first < l.out; first += block, to += l.in * block) {
    int64_t n = std::min(block, l.out - first);
    if (n < block) std::fill(to, to + l.in * block, 0.0f);
    if (l.turned) {
      transpose(w + first * l.in, l.in, n, l.in, to, block);
    } else {
      for (int64_t i = 0; i < l.in; i++) std::copy_n(w + i * l.out + first, n, to + i * block);
    }
  }
}

// unpack is the reverse of pack.
void unpack(const Layer& l, const float* from, float* w) {
  int64_t block = l.block();
  for (int64_t first = 0; first < l.out; first += block, from += l.in * block) {
    int64_t n = std::min(block, l.out - first);
    if (l.turned) {
      transpose(from, block, l.in, n, w + first * l.in, l.in);
    } else {
      for (int64_t i = 0; i < l.in; i++) std::copy_n(from + i * block, n, w + i * l.out + first);
    }
  }
}

class DenseSteps : public Kernel {
 public:
  explicit DenseSteps(const Attributes& a) : rule_(a, static_cast<Rule::Kind>(a.integer("rule", 0))), clip_(a.real("clip", 0)), features_(a.integer("features", 0)) {
    Dims units = a.integers("units"), relu = a.flags("relu"), turned = a.flags("turned"), biased = a.flags("biased");
    Dims outputs = a.integers("outputs"), losses = a.integers("losses"), masked = a.flags("masked");
    rows_ = a.integers("rows");
    size_t layers = units.size(), heads = outputs.size();
    if (layers == 0 || relu.size() != layers || turned.size() != layers || biased.size() != layers) fail("attributes units, relu, turned and biased do not suit each other");
    if (heads == 0 || losses.size() != heads || masked.size() != heads || rows_.size() != heads) fail("attributes outputs, rows, losses and masked do not suit each other");
    if (!(clip_ >= 0)) fail("attribute clip is %g", static_cast<double>(clip_));
    if (features_ < 1) fail("attribute features is missing or out of range");
    int64_t in = features_;
    for (size_t i = 0; i < layers; i++) {
      layers_.push_back(place({in, units[i], relu[i] != 0, turned[i] != 0, biased[i] != 0}));
      in = units[i];
    }
    for (size_t d = 0; d < heads; d++) {
      layers_.push_back(place({in, outputs[d], false, true, true}));
      losses_.push_back({static_cast<LossKind>(losses[d]), masked[d] != 0, rows_[d], outputs[d]});
      if (rows_[d] < 1 || losses_[d].kind < crossEntropy || losses_[d].kind > huber) fail("domain %zu has %lld rows and loss %lld", d, static_cast<long long>(rows_[d]), static_cast<long long>(losses[d]));
      all_ += rows_[d];
      targets_ += losses_[d].targets();
    }
    trunk_ = layers;
    product({all_, widest_});
    product({size_, 4});
  }

  void run(Context& c) const override {
    Tensor<const float> rates = c.input(0, "rates"), numbers = c.input(1, "numbers"), weights = c.input(2, "weights"), x = c.input(3, "x"), targets = c.input(4, "targets"),
                        classes = c.input(5, "classes"), shapes = c.input(6, "shapes");
    int64_t steps = rates.size(), domains = static_cast<int64_t>(losses_.size()), columns = 0;
    for (const Loss& l : losses_) columns += l.outputs;
    bool suits = x.dims.size() >= 3 && x.dims[0] == steps && x.dims[1] == all_ && product(x.dims, 2) == features_;
    if (rates.dims != Dims{steps} || numbers.dims != Dims{steps} || weights.dims != Dims{steps, domains} || !suits || targets.dims != Dims{steps, targets_})
      fail("%lld rates, %lld numbers, weights %s, x %s and targets %s do not suit %lld domains of %lld rows and %lld targets", static_cast<long long>(steps), static_cast<long long>(numbers.size()),
           text(weights.dims).c_str(), text(x.dims).c_str(), text(targets.dims).c_str(), static_cast<long long>(domains), static_cast<long long>(all_), static_cast<long long>(targets_));
    if (classes.dims != Dims{columns} || shapes.dims != Dims{domains, 2}) fail("classes %s and shapes %s do not suit the domains", text(classes.dims).c_str(), text(shapes.dims).c_str());

    Scratch scratch;
    Work w(*this, scratch);
    load(c, w);
    float* losses = c.output(0, {steps, domains});
    float* samples = c.output(1, {steps, all_});
    float* norms = c.output(2, {steps, 1});
    if (!losses || !samples || !norms) fail("losses, samples and norms are not all asked for");
    for (int64_t s = 0; s < steps; s++) {
      w.step = rule_.begin(rates.data[s], numbers.data[s]);
      w.squares = 0;
      const float* in = x.data + s * all_ * features_;
      forward(w, in);
      judge(w, targets.data + s * targets_, classes.data, shapes.data, weights.data + s * domains, losses + s * domains, samples + s * all_);
      backward(w, in);
      norms[s] = static_cast<float>(std::sqrt(w.squares));
      if (clip_ > 0) apply(w, 0, w.gradient, size_, std::min(1.0f, clip_ / (norms[s] + 1e-6f)));
    }
    store(c, w);
  }

 private:
  // Work is the memory of one call.
  struct Work {
    Work(const DenseSteps& d, Scratch& scratch) {
      // The parameters, then each state, in the same places; then gradients, of a part of a
      // layer at least.
      arena = scratch.get(0, d.size_ * static_cast<int64_t>(1 + d.rule_.states()));
      gradient = scratch.get(4, std::max(tall * 2 * isa().width, d.clip_ > 0 ? d.size_ : d.widest_));
      float* at = scratch.get(1, d.all_ * (d.activations_ + 4 * d.widest_));
      for (size_t i = 0; i < d.trunk_; i++) y.push_back(at), at += d.all_ * d.layers_[i].wide();
      cotangent = at, other = at + d.all_ * d.widest_, scores = other + d.all_ * d.widest_, weighted = scores + d.all_ * d.widest_;
      turned = scratch.get(3, d.turned_);
      rows = scratch.get(5, d.all_ * d.widest_);
      // Where rows begin, by how far they are apart.
      base = reinterpret_cast<int64_t*>(scratch.get(2, 2 * d.all_ * static_cast<int64_t>(d.layers_.size() + 1)));
      for (size_t i = 0; i <= d.layers_.size(); i++)
        for (int64_t r = 0; r < d.all_; r++) base[static_cast<int64_t>(i) * d.all_ + r] = r * (i == 0 ? d.features_ : d.layers_[i - 1].wide());
    }
    float *arena, *gradient, *cotangent, *other, *scores, *weighted, *turned, *rows;
    std::vector<float*> y;  // of the layers of the trunk
    int64_t* base;
    Rule::Step step{};
    double squares = 0;
  };

  Layer place(Layer l) {
    if (l.out < 1) fail("a layer of %lld units", static_cast<long long>(l.out));
    product({l.in + 1, l.wide()});
    l.weights = size_, l.bias = size_ + l.in * l.wide();
    size_ += l.size();
    if (size_ > maxElements) fail("the layers are too large");
    widest_ = std::max(widest_, l.wide());
    activations_ += l.wide();
    turned_ = std::max(turned_, l.wide() * Layer::wideOf(l.in));
    count_ += l.biased ? 2 : 1;
    return l;
  }

  // move calls f(layer, place in the arena, weights or bias, input or output) for all
  // parameters and then all states.
  template <class F>
  void move(F&& f) const {
    size_t at = 0;
    for (size_t s = 0; s <= rule_.states(); s++)
      for (const Layer& l : layers_) {
        f(l, static_cast<int64_t>(s) * size_, true, at++);
        if (l.biased) f(l, static_cast<int64_t>(s) * size_, false, at++);
      }
  }
  static Dims dims(const Layer& l, bool weights) { return !weights ? Dims{l.out} : l.turned ? Dims{l.out, l.in} : Dims{l.in, l.out}; }

  void load(Context& c, Work& w) const {
    if (size_t n = count_ * (1 + rule_.states()); c.inputs() != 7 + n || c.outputs() != 3 + n) fail("%zu inputs and %zu outputs for %zu parameters and states", c.inputs(), c.outputs(), n);
    for (const Layer& l : layers_)
      if (!l.biased)
        for (size_t s = 0; s <= rule_.states(); s++) std::fill_n(w.arena + static_cast<int64_t>(s) * size_ + l.bias, l.wide(), 0.0f);
    move([&](const Layer& l, int64_t at, bool weights, size_t i) {
      Tensor<const float> t = c.input(7 + i, "parameter or state");
      if (t.dims != dims(l, weights)) fail("parameter or state %zu has shape %s instead of %s", i, text(t.dims).c_str(), text(dims(l, weights)).c_str());
      if (weights) return pack(l, t.data, w.arena + at + l.weights);
      std::fill_n(std::copy_n(t.data, l.out, w.arena + at + l.bias), l.wide() - l.out, 0.0f);
    });
  }

  void store(Context& c, const Work& w) const {
    move([&](const Layer& l, int64_t at, bool weights, size_t i) {
      float* to = c.output(3 + i, dims(l, weights));
      if (!to) fail("output %zu is not asked for; steps give all parameters and states", 3 + i);
      if (weights) return unpack(l, w.arena + at + l.weights, to);
      std::copy_n(w.arena + at + l.bias, l.out, to);
    });
  }

  // multiply computes rows of x·W by blocks of the columns of W. Its first inner rows count, of
  // which each block has step.
  static void multiply(const float* x, const int64_t* base, int64_t rows, const float* w, int64_t inner, int64_t step, int64_t columns, int64_t block, const float* bias, bool relu, float* y, int64_t stride) {
    // Rows of which a part stays in the cache while all columns pass.
    Parts high(rows, std::max<int64_t>(48, 32 * 1024 / inner), 1 << 20);
    if (high.parts < 8) high = Parts(rows, rows, 1);
    for (int64_t i = 0; i < high.parts; i++) {
      int64_t from = high.begin(i), to = high.end(i);
      for (int64_t first = 0; first < columns; first += block) {
        Segment segment{w + first * step, 0, inner};
        Gather job{};
        job.buffer = x;
        job.base = base + from;
        job.pixels = to - from;
        job.segments = &segment;
        job.segmentCount = 1;
        job.out = y + from * stride + first;
        job.stride = stride;
        job.bias = bias ? bias + first : nullptr;
        job.channels = block;
        job.relu = relu;
        isa().gather(job, static_cast<int>(block / isa().width));
      }
    }
  }

  void layer(const Work& w, size_t i, const float* x, const int64_t* base, int64_t rows, float* y) const {
    const Layer& l = layers_[i];
    multiply(x, base, rows, w.arena + l.weights, l.in, l.in, l.wide(), l.block(), w.arena + l.bias, l.relu, y, l.wide());
  }

  void forward(Work& w, const float* x) const {
    for (size_t i = 0; i < trunk_; i++, x = w.y[i - 1]) layer(w, i, x, w.base + static_cast<int64_t>(i) * all_, all_, w.y[i]);
    eachHead([&](size_t d, int64_t row, int64_t at) {
      layer(w, trunk_ + d, x + row * layers_[trunk_ - 1].wide(), w.base + static_cast<int64_t>(trunk_) * all_, rows_[d], w.scores + at);
    });
  }

  // eachHead calls f(domain, its first row, where its scores begin).
  template <class F>
  void eachHead(F&& f) const {
    int64_t row = 0, at = 0;
    for (size_t d = 0; d < losses_.size(); d++) {
      f(d, row, at);
      row += rows_[d];
      at += rows_[d] * layers_[trunk_ + d].wide();
    }
  }

  // judge turns scores into their cotangents: for heads, and those with weights of the
  // domains for the trunk.
  void judge(Work& w, const float* targets, const float* classes, const float* shapes, const float* weights, float* losses, float* samples) const {
    eachHead([&](size_t d, int64_t row, int64_t at) {
      int64_t wide = layers_[trunk_ + d].wide(), n = rows_[d] * wide;
      losses_[d].judge(w.scores + at, wide, targets, classes, shapes[2 * d], shapes[2 * d + 1], samples + row, w.rows);
      float sum = 0;
      for (int64_t r = 0; r < rows_[d]; r++) sum += samples[row + r];
      losses[d] = sum * (1 / static_cast<float>(rows_[d]));
      for (int64_t i = 0; i < n; i++) w.weighted[at + i] = w.scores[at + i] * weights[d];
      targets += losses_[d].targets();
      classes += losses_[d].outputs;
    });
  }

  // before is the cotangent of what a layer takes.
  void before(Work& w, size_t i, const float* dy, int64_t rows, float* dx) const {
    const Layer& l = layers_[i];
    int64_t block = l.block(), wide = l.wide(), inBlock = Layer::blockOf(l.in), inWide = Layer::wideOf(l.in);
    for (int64_t first = 0; first < inWide; first += inBlock) {
      int64_t n = std::min(inBlock, l.in - first);
      float* to = w.turned + first * wide;
      if (n < inBlock) std::fill_n(to, wide * inBlock, 0.0f);
      for (int64_t o = 0; o < wide; o += block) transpose(w.arena + l.weights + o * l.in + first * block, block, n, block, to + o * inBlock, inBlock);
    }
    multiply(dy, w.base + static_cast<int64_t>(i + 1) * all_, rows, w.turned, l.out, wide, inWide, inBlock, nullptr, false, dx, inWide);
  }

  void backward(Work& w, const float* x) const {
    int64_t wide = layers_[trunk_ - 1].wide();
    eachHead([&](size_t d, int64_t row, int64_t at) {
      before(w, trunk_ + d, w.weighted + at, rows_[d], w.cotangent + row * wide);
      learn(w, trunk_ + d, w.scores + at, rows_[d], w.y[trunk_ - 1] + row * wide, wide);
    });
    for (size_t i = trunk_; i-- > 0;) {
      const Layer& l = layers_[i];
      if (l.relu) isa().reluGrad(w.cotangent, w.y[i], all_ * l.wide(), w.cotangent);
      if (i > 0) before(w, i, w.cotangent, all_, w.other);
      learn(w, i, w.cotangent, all_, i > 0 ? w.y[i - 1] : x, i > 0 ? layers_[i - 1].wide() : features_);
      std::swap(w.cotangent, w.other);
    }
  }

  // learn computes the gradient of a layer and steps its parameters, piece by piece while
  // it is in the cache, unless the whole gradient is to be clipped.
  void learn(Work& w, size_t i, const float* dy, int64_t rows, const float* x, int64_t step) const {
    const Layer& l = layers_[i];
    int64_t block = l.block(), wide = l.wide();
    for (int64_t first = 0; first < wide; first += block)
      for (int64_t row = 0; row < l.in; row += tall) {
        int64_t n = std::min(tall, l.in - row), at = l.weights + first * l.in + row * block;
        float* sum = clip_ > 0 ? w.gradient + at : w.gradient;
        for (int64_t from = 0; from < rows; from += chunk) {
          Correlate job{};
          job.x = x + from * step + row;
          job.xStep = step;
          job.dy = dy + from * wide + first;
          job.yStep = wide;
          job.rows = 1;
          job.columns = std::min(chunk, rows - from);
          job.length = n;
          job.sum = sum;
          job.sumStep = block;
          job.fresh = from == 0;
          isa().correlate(job, l.vectors());
        }
        learned(w, at, sum, n * block);
      }
    float* sum = clip_ > 0 ? w.gradient + l.bias : w.gradient;
    std::fill_n(sum, wide, 0.0f);
    if (!l.biased) return;
    for (int64_t from = 0; from < rows; from += 128) isa().sumRows(dy + from * wide, std::min<int64_t>(128, rows - from), wide, wide, sum);
    learned(w, l.bias, sum, wide);
  }

  // learned takes the gradient of a run of parameters.
  void learned(Work& w, int64_t at, const float* g, int64_t n) const {
    w.squares += isa().sumSquares(g, n);
    if (!(clip_ > 0)) apply(w, at, g, n, 1);
  }

  void apply(Work& w, int64_t at, const float* g, int64_t n, float clip) const {
    float* to[3] = {w.arena + at, nullptr, nullptr};
    const float* state[2] = {nullptr, nullptr};
    for (size_t s = 0; s < rule_.states(); s++) state[s] = to[s + 1] = w.arena + static_cast<int64_t>(s + 1) * size_ + at;
    rule_.apply(w.step, to[0], g, state, n, clip, to);
  }

  Rule rule_;
  float clip_;
  int64_t features_;
  std::vector<Layer> layers_;  // of the trunk, then the heads
  std::vector<Loss> losses_;
  Dims rows_;
  size_t trunk_ = 0, count_ = 0;
  int64_t size_ = 0, all_ = 0, targets_ = 0, widest_ = 0, activations_ = 0, turned_ = 0;
};

}  // namespace

std::vector<Operator> denseOperators() { return {{"DenseSteps", "ffffffff*", "ffff*", make<DenseSteps>}}; }

}  // namespace sharewise
