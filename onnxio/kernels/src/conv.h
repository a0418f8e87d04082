// What the forms of convolution share: shapes, padding, and how sums end.
#pragma once

#include <algorithm>
#include <cstring>

#include "op.h"

namespace sharewise {

// Geometry is what the attributes say: two spatial dimensions, the first of them
// of size 1 for a series.
struct Geometry {
  int64_t stride[2] = {1, 1};
  int64_t dilation[2] = {1, 1};
  int64_t pad[4] = {0, 0, 0, 0};  // top, left, bottom, right
  int64_t group = 1;
  bool series = false;
  bool direct = false;  // not by Winograd's algorithm
};

constexpr int64_t maxWindow = int64_t{1} << 20;

inline int64_t within(const char* name, int64_t v, int64_t least) {
  if (v < least || v > maxWindow) fail("attribute %s has %lld", name, static_cast<long long>(v));
  return v;
}

// Geometry has the rank of its strides or pads: 1 for series, 2 for images.
inline Geometry geometry(const Attributes& a) {
  Geometry g;
  Dims strides = a.integers("strides"), dilations = a.integers("dilations"), pads = a.integers("pads");
  size_t rank = std::max({strides.size(), dilations.size(), pads.size() / 2, a.integers("kernel").size()});
  if (rank == 0) rank = 2;
  if (rank > 2) fail("%zu spatial dimensions; one and two are known", rank);
  if ((!strides.empty() && strides.size() != rank) || (!dilations.empty() && dilations.size() != rank) ||
      (!pads.empty() && pads.size() != 2 * rank))
    fail("strides, pads and dilations are for different numbers of dimensions");
  g.series = rank == 1;
  for (size_t i = 0; i < rank; i++) {
    size_t to = 2 - rank + i;
    if (!strides.empty()) g.stride[to] = within("strides", strides[i], 1);
    if (!dilations.empty()) g.dilation[to] = within("dilations", dilations[i], 1);
    if (!pads.empty()) {
      g.pad[to] = within("pads", pads[i], 0);
      g.pad[to + 2] = within("pads", pads[rank + i], 0);
    }
  }
  g.group = within("group", a.integer("group", 1), 1);
  g.direct = a.flag("direct");
  return g;
}

// Image is a batch of channels-last images; a series has height 1.
struct Image {
  int64_t n = 0, h = 1, w = 1, c = 0;
  bool operator==(const Image& o) const { return n == o.n && h == o.h && w == o.w && c == o.c; }
  int64_t pixels() const { return h * w; }
  int64_t elements() const { return h * w * c; }
  Dims dims(bool series) const { return series ? Dims{n, w, c} : Dims{n, h, w, c}; }
};

inline Image image(const Dims& d, bool series, const char* name) {
  if (d.size() != (series ? 3u : 4u))
    fail("%s has shape %s instead of %s", name, text(d).c_str(), series ? "[batch,length,channels]" : "[batch,height,width,channels]");
  return series ? Image{d[0], 1, d[1], d[2]} : Image{d[0], d[1], d[2], d[3]};
}

// Filter is the shape of weights [k, c, h, w], c for each group.
struct Filter {
  int64_t k = 0, c = 0, h = 1, w = 1;
  bool operator==(const Filter& o) const { return k == o.k && c == o.c && h == o.h && w == o.w; }
  int64_t taps() const { return h * w; }
  Dims dims(bool series) const { return series ? Dims{k, c, w} : Dims{k, c, h, w}; }
};

inline Filter filter(const Dims& d, bool series) {
  if (d.size() != (series ? 3u : 4u)) fail("w has shape %s, which is not that of weights here", text(d).c_str());
  Filter f = series ? Filter{d[0], d[1], 1, d[2]} : Filter{d[0], d[1], d[2], d[3]};
  if (f.k < 1 || f.c < 1 || f.h < 1 || f.w < 1 || f.h > maxWindow || f.w > maxWindow)
    fail("w has shape %s, which is not that of weights", text(d).c_str());
  return f;
}

inline int64_t outputSize(int64_t in, int64_t before, int64_t after, int64_t kernel, int64_t dilation, int64_t stride) {
  int64_t span = in + before + after - ((kernel - 1) * dilation + 1);
  if (span < 0) fail("a window of %lld elements does not fit into %lld with its padding", static_cast<long long>((kernel - 1) * dilation + 1), static_cast<long long>(in));
  return span / stride + 1;
}

inline Image outputOf(const Geometry& g, const Image& x, const Filter& f) {
  if (x.c % g.group || f.k % g.group || f.c != x.c / g.group)
    fail("weights for %lld channels in %lld groups do not suit an input of %lld channels", static_cast<long long>(f.c), static_cast<long long>(g.group), static_cast<long long>(x.c));
  if (x.h < 1 || x.w < 1) fail("an image of %lld×%lld pixels", static_cast<long long>(x.h), static_cast<long long>(x.w));
  Image y;
  y.n = x.n;
  y.h = outputSize(x.h, g.pad[0], g.pad[2], f.h, g.dilation[0], g.stride[0]);
  y.w = outputSize(x.w, g.pad[1], g.pad[3], f.w, g.dilation[1], g.stride[1]);
  y.c = f.k;
  return y;
}

// Border is an image with a margin of zeros.
struct Border {
  int64_t top = 0, left = 0, h = 0, w = 0;  // h and w with the margin
  bool none(const Image& i) const { return h == i.h && w == i.w && top == 0 && left == 0; }
};

// pad copies images into buffer with their margins. The rows and columns beyond
// the border are cut off where it is smaller than the image.
inline void pad(const float* from, const Image& i, const Border& b, int64_t images, float* to) {
  int64_t rows = std::min(i.h, b.h - b.top), columns = std::min(i.w, b.w - b.left);
  size_t line = static_cast<size_t>(columns * i.c) * sizeof(float);
  int64_t stride = b.w * i.c, before = b.left * i.c, after = (b.w - b.left - columns) * i.c;
  for (int64_t n = 0; n < images; n++, from += i.elements()) {
    to = std::fill_n(to, b.top * stride, 0.0f);
    for (int64_t r = 0; r < rows; r++) {
      to = std::fill_n(to, before, 0.0f);
      std::memcpy(to, from + r * i.w * i.c, line);
      to = std::fill_n(to + columns * i.c, after, 0.0f);
    }
    to = std::fill_n(to, (b.h - b.top - rows) * stride, 0.0f);
  }
}

// Finish is what is done with sums before they are written.
struct Finish {
  const float* bias = nullptr;
  const float* add = nullptr;
  bool relu = false;
  // pool takes the largest of windows of 2×2 pixels that follow on each other, or of
  // 2 of a series; there is no add then.
  bool pool = false;
};

// halved is an image by windows of 2×2 pixels, or 2 of a series: a last row or
// column that fills none is left out.
inline Image halved(const Image& i, bool series) { return {i.n, series ? i.h : i.h / 2, i.w / 2, i.c}; }

// winogradSuits reports whether a convolution is one that winograd.cpp computes,
// faster than directly, and may.
bool winogradSuits(const Geometry& g, const Filter& f, int64_t inputs, int64_t outputs, const Image& y);

// winograd convolves from, with a border before and behind it as pads say, with
// weights whose input channel i and output channel o lie at i·inStep + o·outStep,
// turned by half if flip is set. What is pooled has even sizes.
void winograd(Context& c, const Image& from, const int64_t pads[4], const Image& to, const float* x, const float* w,
              int64_t inStep, int64_t outStep, bool flip, const Finish& finish, float* y);

// winogradGradWeight is the gradient of weights, and of biases if db is given.
void winogradGradWeight(Context& c, const Geometry& g, const Image& x, const Image& y, const float* xs, const float* dys, float* dw, float* db);

}  // namespace sharewise
