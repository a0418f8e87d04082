// Max pooling of channels-last tensors. What each maximum was is kept in a byte.

#include <algorithm>
#include <cmath>
#include <limits>

#include "op.h"

namespace sharewise {
namespace {

struct Window {
  int64_t kernel[2] = {1, 1}, stride[2] = {1, 1}, dilation[2] = {1, 1}, pad[4] = {0, 0, 0, 0};
  bool series = false, ties = false, relu = false;
  int64_t places() const { return kernel[0] * kernel[1]; }
};

Window window(const Attributes& a) {
  Window w;
  Dims kernel = a.integers("kernel"), strides = a.integers("strides"), dilations = a.integers("dilations"), pads = a.integers("pads");
  size_t rank = kernel.size();
  if (rank < 1 || rank > 2) fail("attribute kernel has %zu sizes instead of one or two", rank);
  if ((!strides.empty() && strides.size() != rank) || (!dilations.empty() && dilations.size() != rank) || (!pads.empty() && pads.size() != 2 * rank))
    fail("kernel, strides, pads and dilations are for different numbers of dimensions");
  auto take = [](int64_t v, int64_t least) {
    if (v < least || v > 1 << 16) fail("a window with %lld among its attributes", static_cast<long long>(v));
    return v;
  };
  w.series = rank == 1;
  for (size_t i = 0; i < rank; i++) {
    size_t to = 2 - rank + i;
    w.kernel[to] = take(kernel[i], 1);
    if (!strides.empty()) w.stride[to] = take(strides[i], 1);
    if (!dilations.empty()) w.dilation[to] = take(dilations[i], 1);
    if (!pads.empty()) {
      w.pad[to] = take(pads[i], 0);
      w.pad[to + 2] = take(pads[rank + i], 0);
    }
    if (w.pad[to] >= (w.kernel[to] - 1) * w.dilation[to] + 1 || w.pad[to + 2] >= (w.kernel[to] - 1) * w.dilation[to] + 1) fail("pads as large as the window");
  }
  w.ties = a.flag("ties");
  w.relu = a.flag("relu");
  if (w.places() > (w.ties ? 8 : 255)) fail("a window of %lld places, which a byte cannot hold", static_cast<long long>(w.places()));
  return w;
}

struct Image {
  int64_t n, h, w, c;
  Dims dims(bool series) const { return series ? Dims{n, w, c} : Dims{n, h, w, c}; }
};

Image image(const Dims& d, bool series, const char* name) {
  if (d.size() != (series ? 3u : 4u))
    fail("%s has shape %s instead of %s", name, text(d).c_str(), series ? "[batch,length,channels]" : "[batch,height,width,channels]");
  return series ? Image{d[0], 1, d[1], d[2]} : Image{d[0], d[1], d[2], d[3]};
}

// The number of windows may be smaller than what fits if the graph says so, and,
// where sizes are rounded up, the last may reach beyond the padding: the shape of
// the gradient says which it was.
Image outputOf(const Window& w, const Image& x) {
  auto size = [&](int64_t in, int d) {
    int64_t span = in + w.pad[d] + w.pad[d + 2] - ((w.kernel[d] - 1) * w.dilation[d] + 1);
    if (in < 1 || span < 0) fail("a window does not fit into %lld elements", static_cast<long long>(in));
    return span / w.stride[d] + 1;
  };
  return {x.n, size(x.h, 0), size(x.w, 1), x.c};
}

// Places are those of a window.
struct Places {
  std::vector<int64_t> offsets;
  std::vector<uint8_t> marks;
};

// Run is a row of windows with their places, in turn those at the image's edges
// and all that lie within it.
template <class F>
void eachRun(const Window& w, const Image& x, const Image& y, int64_t h, Places& places, F&& f) {
  // Windows first … last lie within the image, as far as its width goes.
  int64_t reach = (w.kernel[1] - 1) * w.dilation[1];
  int64_t first = std::min(y.w, (w.pad[1] + w.stride[1] - 1) / w.stride[1]);
  int64_t last = x.w - 1 - reach + w.pad[1] < 0 ? first : std::max(first, std::min(y.w, (x.w - 1 - reach + w.pad[1]) / w.stride[1] + 1));
  auto& [offsets, marks] = places;
  for (int64_t v = 0, n = 1; v < y.w; v += n) {
    n = v == first && last > first ? last - first : 1;
    offsets.clear();
    marks.clear();
    for (int64_t a = 0; a < w.kernel[0]; a++) {
      int64_t row = h * w.stride[0] - w.pad[0] + a * w.dilation[0];
      if (row < 0 || row >= x.h) continue;
      for (int64_t b = 0; b < w.kernel[1]; b++) {
        int64_t column = v * w.stride[1] - w.pad[1] + b * w.dilation[1];
        if (column < 0 || column >= x.w) continue;
        offsets.push_back((row * x.w + column) * x.c);
        int64_t place = a * w.kernel[1] + b;
        marks.push_back(static_cast<uint8_t>(w.ties ? 1 << place : place));
      }
    }
    if (offsets.empty()) fail("a window has no element of the image");
    Pool p{};
    p.offsets = offsets.data();
    p.marks = marks.data();
    p.places = static_cast<int64_t>(offsets.size());
    p.windows = n;
    p.step = w.stride[1] * x.c;
    p.channels = x.c;
    p.ties = w.ties;
    p.rectified = w.relu;
    f(p, v);
  }
}

class MaxPool : public Kernel {
 public:
  explicit MaxPool(const Attributes& a) : w_(window(a)) {}

  void run(Context& c) const override {
    Tensor<const float> x = c.input(0, "x");
    Image in = image(x.dims, w_.series, "x"), out = outputOf(w_, in);
    float* y = c.output(0, out.dims(w_.series));
    uint8_t* index = c.outputs() > 1 ? c.output<uint8_t>(1, out.dims(w_.series)) : nullptr;
    if (!y || in.c < 1) return;
    c.parallel(out.n, [&](int64_t n) {
      const float* from = x.data + n * in.h * in.w * in.c;
      Places places;
      for (int64_t h = 0; h < out.h; h++)
        eachRun(w_, in, out, h, places, [&](const Pool& p, int64_t v) {
          int64_t at = ((n * out.h + h) * out.w + v) * out.c;
          index ? isa().maximum(p, from, y + at, index + at) : isa().largest(p, from, y + at);
        });
    });
  }

 private:
  Window w_;
};

class MaxPoolGrad : public Kernel {
 public:
  explicit MaxPoolGrad(const Attributes& a) : w_(window(a)), height_(a.integer("height", 1)), width_(a.integer("width", 1)) {
    if (height_ < 1 || width_ < 1 || height_ > 1 << 24 || width_ > 1 << 24) fail("height and width of the input are missing or out of range");
  }

  void run(Context& c) const override {
    Tensor<const float> dy = c.input(0, "dy");
    Tensor<const uint8_t> index = c.bytes(1, "index");
    Image out = image(dy.dims, w_.series, "dy");
    if (index.dims != dy.dims) fail("index has shape %s instead of %s", text(index.dims).c_str(), text(dy.dims).c_str());
    Image in{out.n, height_, width_, out.c}, expected = outputOf(w_, in);
    if (expected.h != out.h || expected.w != out.w) fail("dy has shape %s instead of %s", text(dy.dims).c_str(), text(expected.dims(w_.series)).c_str());
    product(in.dims(w_.series));
    float* dx = c.output(0, in.dims(w_.series));
    if (!dx || in.c < 1) return;
    int64_t size = in.h * in.w * in.c;
    // Windows that neither overlap nor leave gaps write every element once.
    bool flush = w_.pad[0] + w_.pad[1] + w_.pad[2] + w_.pad[3] == 0 && w_.dilation[0] == 1 && w_.dilation[1] == 1;
    bool tiles = flush && w_.kernel[0] == w_.stride[0] && w_.kernel[1] == w_.stride[1] && out.h * w_.kernel[0] == in.h && out.w * w_.kernel[1] == in.w;
    c.parallel(out.n, [&](int64_t n) {
      float* to = dx + n * size;
      if (!tiles) std::fill_n(to, size, 0.0f);
      Places places;
      for (int64_t h = 0; h < out.h; h++)
        eachRun(w_, in, out, h, places, [&](Pool& p, int64_t v) {
          int64_t at = ((n * out.h + h) * out.w + v) * out.c;
          p.add = !tiles;
          isa().spread(p, dy.data + at, index.data + at, to);
        });
    });
  }

 private:
  Window w_;
  int64_t height_, width_;
};

}  // namespace

std::vector<Operator> poolOperators() {
  return {
      {"MaxPool", "f", "fb?", make<MaxPool>},
      {"MaxPoolGrad", "fb", "f", make<MaxPoolGrad>},
  };
}

}  // namespace sharewise
