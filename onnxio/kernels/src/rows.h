// Loops over rows that lie in memory one after another: normalisation and the
// gradient of softmax, and the functions of single elements that GELU is made of.
// A part of simd.h, which includes it.

// across swaps the lanes of a vector that are H apart.
template <int H>
static inline Vec across(Vec v) {
#define OTHER(l) ((l) ^ H)
#if WIDTH == 16
  return SHUFFLE(v, v, OTHER(0), OTHER(1), OTHER(2), OTHER(3), OTHER(4), OTHER(5), OTHER(6), OTHER(7), OTHER(8), OTHER(9), OTHER(10), OTHER(11), OTHER(12), OTHER(13), OTHER(14), OTHER(15));
#elif WIDTH == 8
  return SHUFFLE(v, v, OTHER(0), OTHER(1), OTHER(2), OTHER(3), OTHER(4), OTHER(5), OTHER(6), OTHER(7));
#else
  return SHUFFLE(v, v, OTHER(0), OTHER(1), OTHER(2), OTHER(3));
#endif
#undef OTHER
}

// total adds up the lanes of a vector, always in the same order; largest is the
// largest of them.
static inline float total(Vec v) {
#if WIDTH >= 16
  v += across<8>(v);
#endif
#if WIDTH >= 8
  v += across<4>(v);
#endif
  v += across<2>(v);
  v += across<1>(v);
  return v[0];
}
static inline Vec larger(Vec a, Vec b) { return a > b ? a : b; }
static inline float largest(Vec v) {
#if WIDTH >= 16
  v = larger(v, across<8>(v));
#endif
#if WIDTH >= 8
  v = larger(v, across<4>(v));
#endif
  v = larger(v, across<2>(v));
  v = larger(v, across<1>(v));
  return v[0];
}

// exponential is eˣ: 2ⁿ·eʳ, where r is between −½ln2 and ½ln2 and eʳ is Taylor's
// polynomial of degree 7, which is off by 5e-9 at most. What is beyond float32
// becomes its largest or smallest power.
static inline Vec exponential(Vec x) {
  const float low = -87.0f, high = 88.0f, shift = 12582912.0f;  // 1.5·2²³: to the nearest integer
  x = x < all(low) ? all(low) : x;
  x = x > all(high) ? all(high) : x;
  Vec shifted = x * 1.44269504088896341f + shift, n = shifted - shift;
  Vec r = x - n * 0.693359375f;  // ln 2 in two parts, of which the first has few digits
  r = r + n * 2.12194440e-4f;
  Vec p = r * (1.0f / 5040) + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  Ints exponent = (__builtin_convertvector(n, Ints) + 127) << 23;
  Vec power;
  __builtin_memcpy(&power, &exponent, sizeof power);
  return p * power;
}

// normal gives the distribution function of the normal distribution and its
// density times √(2π). Below zero the former is e^(−x²/2)·q(t)·t with t =
// 1/(1 + 0.35·|x|/√2), where q interpolates at Chebyshev's points and is off by
// 5e-9 in all.
static inline Vec normal(Vec x, Vec* density) {
  Vec size = x < Vec{} ? -x : x;
  Vec t = 1.0f / (1.0f + size * 0.247487373f);
  Vec q = t * 0.020630196f - 0.0879612737f;
  q = q * t + 0.112499925f;
  q = q * t - 0.0453184768f;
  q = q * t + 0.0716980139f;
  q = q * t + 0.056846045f;
  q = q * t + 0.0815165227f;
  q = q * t + 0.0926209382f;
  q = q * t + 0.0987349424f;
  q = q * t + 0.0987331692f;
  *density = exponential(x * x * -0.5f);
  q = q * t * *density;
  return x > Vec{} ? 1.0f - q : q;
}

// take reads a vector, or what is left of a row, filled up with zeros; give writes
// as much.
static inline Vec take(const float* p, int64_t left) {
  if (left >= WIDTH) return load(p);
  float part[WIDTH] = {};
  for (int64_t i = 0; i < left; i++) part[i] = p[i];
  return load(part);
}
static inline void give(float* p, Vec v, int64_t left) {
  if (left >= WIDTH) return store(p, v);
  float part[WIDTH];
  store(part, v);
  for (int64_t i = 0; i < left; i++) p[i] = part[i];
}

// eachVector calls f(i, WIDTH) for every vector of a row of n, and for what is left
// f(i, n−i).
template <class F>
static inline void eachVector(int64_t n, F f) {
  int64_t i = 0;
  for (; i + WIDTH <= n; i += WIDTH) f(i, static_cast<int64_t>(WIDTH));
  if (i < n) f(i, n - i);
}

static void gelu(const float* x, int64_t n, float* y) {
  eachVector(n, [=](int64_t i, int64_t left) {
    Vec v = take(x + i, left), density;
    give(y + i, v * normal(v, &density), left);
  });
}

static void geluGrad(const float* dy, const float* x, int64_t n, float* dx) {
  eachVector(n, [=](int64_t i, int64_t left) {
    Vec v = take(x + i, left), density;
    Vec slope = normal(v, &density);
    slope += v * density * 0.398942280401432678f;
    give(dx + i, take(dy + i, left) * slope, left);
  });
}

// rowNorm normalises rows of n elements, each with its own mean and deviation.
static void rowNorm(const float* x, const float* scale, const float* bias, float epsilon, int64_t rows, int64_t n, float* y, float* mean, float* inverse) {
  float part = 1.0f / static_cast<float>(n);
  for (int64_t r = 0; r < rows; r++, x += n, y += n) {
    Vec sum = {}, square = {};
    eachVector(n, [&](int64_t i, int64_t left) { sum += take(x + i, left); });
    float m = total(sum) * part;
    eachVector(n, [&](int64_t i, int64_t left) {
      Vec d = take(x + i, left) - m;
      if (left < WIDTH) {  // what take filled up is no element
        float lanes[WIDTH] = {};
        give(lanes, d, left);
        d = load(lanes);
      }
      square += d * d;
    });
    float inv = 1 / root(total(square) * part + epsilon);
    mean[r] = m;
    inverse[r] = inv;
    eachVector(n, [&](int64_t i, int64_t left) {
      Vec v = (take(x + i, left) - m) * inv;
      give(y + i, v * take(scale + i, left) + take(bias + i, left), left);
    });
  }
}

// rowNormGrad is dx = inverse·(g − mean(g) − z·mean(g·z)) of every row, with g =
// scale·dy and z = (x − mean)·inverse, and adds Σ dy·z to dscale and Σ dy to dbias.
static void rowNormGrad(const float* dy, const float* x, const float* scale, const float* mean, const float* inverse, int64_t rows, int64_t n, float* dx, float* dscale, float* dbias) {
  float part = 1.0f / static_cast<float>(n);
  for (int64_t r = 0; r < rows; r++, dy += n, x += n, dx += n) {
    Vec sum = {}, cross = {};
    float m = mean[r], inv = inverse[r];
    eachVector(n, [&](int64_t i, int64_t left) {
      Vec d = take(dy + i, left), z = (take(x + i, left) - m) * inv, g = d * take(scale + i, left);
      sum += g;
      cross += g * z;
      give(dscale + i, take(dscale + i, left) + d * z, left);
      give(dbias + i, take(dbias + i, left) + d, left);
    });
    float centre = total(sum) * part, slope = total(cross) * part;
    eachVector(n, [&](int64_t i, int64_t left) {
      Vec z = (take(x + i, left) - m) * inv, g = take(dy + i, left) * take(scale + i, left);
      give(dx + i, (g - centre - z * slope) * inv, left);
    });
  }
}

// softmax makes of every row e^(factor·x) over the sum of these.
static void softmax(float* x, float factor, int64_t rows, int64_t n) {
  for (int64_t r = 0; r < rows; r++, x += n) {
    Vec most = all(-__builtin_inff()), sum = {};
    int64_t i = 0;
    for (; i + WIDTH <= n; i += WIDTH) most = larger(load(x + i) * factor, most);
    for (; i < n; i++) most = larger(all(x[i] * factor), most);
    float peak = largest(most);
    eachVector(n, [&](int64_t k, int64_t left) {
      give(x + k, exponential(take(x + k, left) * factor - peak), left);
      sum += take(x + k, left);
    });
    float part = 1 / total(sum);
    eachVector(n, [&](int64_t k, int64_t left) { give(x + k, take(x + k, left) * part, left); });
  }
}

// softmaxGrad is dx = factor·y·(dy − Σ dy·y) of every row; dx may be dy.
static void softmaxGrad(const float* dy, const float* y, float factor, int64_t rows, int64_t n, float* dx) {
  for (int64_t r = 0; r < rows; r++, dy += n, y += n, dx += n) {
    Vec sum = {};
    eachVector(n, [&](int64_t i, int64_t left) { sum += take(dy + i, left) * take(y + i, left); });
    float dot = total(sum);
    eachVector(n, [&](int64_t i, int64_t left) { give(dx + i, take(y + i, left) * (take(dy + i, left) - dot) * factor, left); });
  }
}
