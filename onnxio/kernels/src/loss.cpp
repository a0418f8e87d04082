// Cross-entropy of the softmax of scores, sample by sample.

#include <algorithm>
#include <cmath>

#include "op.h"

namespace sharewise {
namespace {

// SoftmaxCrossEntropy gives log Σ exp(s) − s[target] for each row of scores, and
// the probabilities.
class SoftmaxCrossEntropy : public Kernel {
 public:
  explicit SoftmaxCrossEntropy(const Attributes&) {}

  void run(Context& c) const override {
    Tensor<const float> scores = c.input(0, "scores");
    Tensor<const int64_t> target = c.integers(1, "target");
    if (scores.dims.size() != 2 || scores.dims[1] < 1) fail("scores have shape %s instead of [batch,classes]", text(scores.dims).c_str());
    int64_t n = scores.dims[0], classes = scores.dims[1];
    if (target.dims != Dims{n}) fail("target has shape %s instead of [%lld]", text(target.dims).c_str(), static_cast<long long>(n));
    for (int64_t i = 0; i < n; i++)
      if (target.data[i] < 0 || target.data[i] >= classes)
        fail("target %lld of sample %lld is none of %lld classes", static_cast<long long>(target.data[i]), static_cast<long long>(i), static_cast<long long>(classes));
    float* losses = c.output(0, {n});
    float* probabilities = c.outputs() > 1 ? c.output(1, scores.dims) : nullptr;
    Parts parts(n, std::max<int64_t>(1, 1024 / classes), 16);
    if (n == 0) return;
    c.parallel(parts.parts, [&](int64_t part) {
      std::vector<float> row(static_cast<size_t>(classes));
      for (int64_t i = parts.begin(part); i < parts.end(part); i++) {
        const float* s = scores.data + i * classes;
        float top = s[0], sum = 0;
        // Not std::max: a score that is no number must be seen in the loss.
        for (int64_t k = 1; k < classes; k++) top = s[k] > top || s[k] != s[k] ? s[k] : top;
        float* p = probabilities ? probabilities + i * classes : row.data();
        for (int64_t k = 0; k < classes; k++) sum += p[k] = std::exp(s[k] - top);
        float over = 1 / sum;
        if (probabilities)
          for (int64_t k = 0; k < classes; k++) p[k] *= over;
        if (losses) losses[i] = std::log(sum) - (s[target.data[i]] - top);
      }
    });
  }
};

}  // namespace

std::vector<Operator> lossOperators() { return {{"SoftmaxCrossEntropy", "fl", "f?f?", make<SoftmaxCrossEntropy>}}; }

}  // namespace sharewise
