// What an operator is written with: attributes, tensors, errors, parallel loops,
// scratch memory.
#pragma once

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <vector>

#include "isa.h"
#include "ort.h"

namespace sharewise {

// Failure is an error that becomes the status of a run or of a session.
struct Failure {
  std::string message;
};

[[noreturn]] inline void fail(const char* format, ...) {
  char text[400];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  throw Failure{text};
}

// Refused is a status that the runtime itself gave.
struct Refused {
  Status* status;
};

// Dims are the sizes of a tensor.
using Dims = std::vector<int64_t>;

inline std::string text(const Dims& d) {
  std::string s = "[";
  for (size_t i = 0; i < d.size(); i++) s += (i ? "," : "") + std::to_string(d[i]);
  return s + "]";
}

// maxElements bounds the elements of a tensor, so that sums and products of
// offsets never overflow.
constexpr int64_t maxElements = int64_t{1} << 40;

// product multiplies sizes; it refuses those that no memory holds.
inline int64_t product(const Dims& d, size_t from = 0) {
  int64_t n = 1;
  for (size_t i = from; i < d.size(); i++) {
    if (d[i] < 0) fail("the size %lld of a tensor is negative", static_cast<long long>(d[i]));
    if (d[i] != 0 && n > maxElements / d[i]) fail("a tensor of shape %s is too large", text(d).c_str());
    n *= d[i];
  }
  return n;
}

// Tensor is a view of elements that the runtime owns. One that was left out has
// no data.
template <class T>
struct Tensor {
  T* data = nullptr;
  Dims dims;
  bool given = false;
  int64_t size() const { return product(dims); }
};

// Attributes reads the attributes of a node.
class Attributes {
 public:
  Attributes(const Api& api, const KernelInfo* info) : api_(api), info_(info) {}

  int64_t integer(const char* name, int64_t otherwise) const {
    int64_t v = otherwise;
    return ok(api_.attribute(info_, name, &v)) ? v : otherwise;
  }
  int64_t flag(const char* name) const {
    int64_t v = integer(name, 0);
    if (v != 0 && v != 1) fail("attribute %s is %lld instead of 0 or 1", name, static_cast<long long>(v));
    return v;
  }
  Dims flags(const char* name) const {
    Dims all = integers(name);
    for (int64_t v : all)
      if (v != 0 && v != 1) fail("attribute %s has %lld instead of 0 or 1", name, static_cast<long long>(v));
    return all;
  }
  float real(const char* name, float otherwise) const {
    float v = otherwise;
    return ok(api_.attribute(info_, name, &v)) ? v : otherwise;
  }
  Dims integers(const char* name) const {
    size_t n = 0;
    if (!ok(api_.attributes(info_, name, nullptr, &n)) || n == 0 || n > 1 << 16) return {};
    Dims v(n);
    if (!ok(api_.attributes(info_, name, v.data(), &n))) return {};
    return v;
  }

 private:
  bool ok(Status* s) const {
    if (!s) return true;
    api_.releaseStatus(s);
    return false;
  }
  const Api& api_;
  const KernelInfo* info_;
};

// Context is one run of an operator.
class Context {
 public:
  Context(const Api& api, KernelContext* c) : api_(api), context_(c) {
    check(api_.inputCount(c, &inputs_));
    check(api_.outputCount(c, &outputs_));
  }

  size_t inputs() const { return inputs_; }
  size_t outputs() const { return outputs_; }

  // input returns an input of floats; one that is left out has no data, unless
  // it is needed.
  Tensor<const float> input(size_t i, const char* name, bool needed = true) const {
    return typed<const float, typeFloat>(i, name, needed);
  }
  Tensor<const uint8_t> bytes(size_t i, const char* name) const { return typed<const uint8_t, typeUint8>(i, name, true); }
  Tensor<const int64_t> integers(size_t i, const char* name) const { return typed<const int64_t, typeInt64>(i, name, true); }

  // scalar returns the one element of an input.
  float scalar(size_t i, const char* name) const {
    Tensor<const float> t = input(i, name);
    if (t.size() != 1) fail("%s has shape %s instead of one element", name, text(t.dims).c_str());
    return t.data[0];
  }

  template <class T = float>
  T* output(size_t i, const Dims& dims) {
    Value* v = nullptr;
    check(api_.output(context_, i, dims.data(), dims.size(), &v));
    if (!v) return nullptr;  // nobody asked for it
    void* p = nullptr;
    check(api_.data(v, &p));
    return static_cast<T*>(p);
  }

  // parallel calls f(0), …, f(n−1), on several threads if the session has them.
  // What is computed must not depend on which thread does it.
  template <class F>
  void parallel(int64_t n, F&& f) {
    if (n == 1) return f(int64_t{0});
    if (n <= 0) return;
    struct Job {
      F& f;
      std::mutex mutex;
      bool failed = false;
      Failure failure;
    } job{f, {}, false, {}};
    auto body = [](void* data, size_t i) {
      Job& job = *static_cast<Job*>(data);
      try {
        job.f(static_cast<int64_t>(i));
      } catch (const Failure& e) {
        std::lock_guard<std::mutex> lock(job.mutex);
        job.failed = true;
        job.failure = e;
      } catch (...) {
        std::lock_guard<std::mutex> lock(job.mutex);
        job.failed = true;
        job.failure = Failure{"out of memory"};
      }
    };
    check(api_.parallelFor(context_, body, static_cast<size_t>(n), &job));
    if (job.failed) throw job.failure;
  }

 private:
  void check(Status* s) const {
    if (s) throw Refused{s};
  }
  template <class T, ElementType type>
  Tensor<T> typed(size_t i, const char* name, bool needed) const {
    Tensor<T> t;
    const Value* v = nullptr;
    if (i < inputs_) check(api_.input(context_, i, &v));
    if (!v) {
      if (needed) fail("input %s is missing", name);
      return t;
    }
    ElementType is = typeAny;
    const int64_t* dims = nullptr;
    size_t rank = 0;
    check(api_.typeAndShape(v, &is, &dims, &rank));
    if (is != type) fail("input %s has elements of type %d instead of %d", name, is, type);
    t.dims.assign(dims, dims + rank);
    product(t.dims);
    void* p = nullptr;
    check(api_.data(v, &p));
    t.data = static_cast<T*>(p);
    t.given = true;
    return t;
  }

  const Api& api_;
  KernelContext* context_;
  size_t inputs_ = 0, outputs_ = 0;
};

// Buffer is memory that grows, aligned for every vector.
class Buffer {
 public:
  ~Buffer() { std::free(data_); }
  Buffer() = default;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  // get returns room for n floats, with what was there before if it was as large.
  float* get(int64_t n) {
    if (n > size_) {
      std::free(data_);
      data_ = nullptr;
      size_ = 0;
      size_t bytes = (static_cast<size_t>(n) * sizeof(float) + 127) / 64 * 64;
      data_ = static_cast<float*>(allocate(bytes));
      size_ = n;
    }
    return data_;
  }

 private:
  static void* allocate(size_t bytes) {
    void* p = nullptr;
    if (posix_memalign(&p, 64, bytes) != 0) throw std::bad_alloc();
    return p;
  }
  float* data_ = nullptr;
  int64_t size_ = 0;
};

// Scratch lends buffers. There are as many as were ever in use at once, however
// many threads and sessions come and go.
class Scratch {
 public:
  static constexpr int slots = 6;
  Scratch() {
    std::lock_guard<std::mutex> lock(mutex());
    if (!idle().empty()) {
      buffers_ = std::move(idle().back());
      idle().pop_back();
    } else {
      buffers_.reset(new Buffer[slots]);
    }
  }
  ~Scratch() {
    std::lock_guard<std::mutex> lock(mutex());
    try {
      idle().push_back(std::move(buffers_));
    } catch (...) {
      // They are freed instead.
    }
  }
  float* get(int slot, int64_t n) { return buffers_[slot].get(n); }

 private:
  using Buffers = std::unique_ptr<Buffer[]>;
  static std::mutex& mutex() {
    static std::mutex m;
    return m;
  }
  static std::vector<Buffers>& idle() {
    static std::vector<Buffers> v;
    return v;
  }
  Buffers buffers_;
};

// Kernel is one node of a graph. Runs of it may overlap.
class Kernel {
 public:
  virtual ~Kernel() = default;
  virtual void run(Context& c) const = 0;
};

// Operator describes an operator. Its signature lists types by position: f
// float, b uint8, l int64; '?' may be left out, '*' any number.
struct Operator {
  const char* name;
  const char* inputs;
  const char* outputs;
  std::unique_ptr<Kernel> (*create)(const Attributes&);
};

template <class K>
std::unique_ptr<Kernel> make(const Attributes& a) {
  return std::unique_ptr<Kernel>(new K(a));
}

// Each file of operators lists its own.
std::vector<Operator> convOperators();
std::vector<Operator> normOperators();
std::vector<Operator> poolOperators();
std::vector<Operator> optimizerOperators();
std::vector<Operator> matrixOperators();
std::vector<Operator> rowOperators();
std::vector<Operator> attentionOperators();
std::vector<Operator> denseOperators();

// parts splits n elements into so many parts that the result of a sum over them
// depends on n only; part i begins at begin(i).
struct Parts {
  int64_t n, parts;
  Parts(int64_t n, int64_t least, int64_t most) : n(n), parts(std::max<int64_t>(1, std::min(most, n / std::max<int64_t>(least, 1)))) {}
  int64_t begin(int64_t i) const { return n / parts * i + std::min(i, n % parts); }
  int64_t end(int64_t i) const { return begin(i + 1); }
};

}  // namespace sharewise
