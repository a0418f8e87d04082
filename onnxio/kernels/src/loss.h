// The losses of heads and their cotangents, as package training defines them.
#pragma once

#include <cmath>

#include "op.h"

namespace sharewise {

enum LossKind : int64_t { crossEntropy = 0, binaryCrossEntropy = 1, squaredError = 2, huber = 3 };

// Loss is that of one domain.
struct Loss {
  LossKind kind;
  bool masked;  // targets that are not known are no numbers
  int64_t rows, outputs;

  // targets is how many numbers a minibatch has as targets.
  int64_t targets() const { return kind == crossEntropy ? rows : rows * outputs; }

  // judge replaces scores, whose rows lie wide apart and are padded, by the cotangent of
  // their mean loss, with zeros for the padding. weights are those of classes, scratch has
  // room for the scores.
  void judge(float* scores, int64_t wide, const float* target, const float* weights, float smoothing, float delta, float* samples, float* scratch) const {
    kind == crossEntropy ? classes(scores, wide, target, weights, smoothing, samples, scratch) : values(scores, wide, target, weights, smoothing, delta, samples);
    if (wide > outputs)
      for (int64_t r = 0; r < rows; r++) std::fill(scores + r * wide + outputs, scores + (r + 1) * wide, 0.0f);
  }

 private:
  // classes: −Σ wanted·log softmax, and softmax·Σ wanted − wanted.
  void classes(float* scores, int64_t wide, const float* target, const float* weights, float smoothing, float* samples, float* p) const {
    float factor = static_cast<float>(1 / static_cast<double>(rows)), rest = static_cast<float>(static_cast<double>(smoothing) / static_cast<double>(outputs));
    float right = static_cast<float>(1 - static_cast<double>(smoothing)) + rest;
    bool all = smoothing != 0;
    for (int64_t c = 0; c < outputs; c++) all = all || weights[c] != 1;
    for (int64_t r = 0; r < rows; r++) std::copy_n(scores + r * wide, outputs, p + r * outputs);
    isa().softmax(p, 1, rows, outputs);
    for (int64_t r = 0; r < rows; r++, scores += wide, p += outputs) {
      int64_t t = target[r] >= 0 && target[r] < static_cast<float>(outputs) ? static_cast<int64_t>(target[r]) : -1;
      if (t < 0) fail("a target is class %g of %lld", static_cast<double>(target[r]), static_cast<long long>(outputs));
      // The largest probability is 1/Σ e^(score − largest score), and never small.
      float most = scores[0], likeliest = p[0];
      for (int64_t c = 1; c < outputs; c++) most = std::max(most, scores[c]), likeliest = std::max(likeliest, p[c]);
      float shift = most - std::log(likeliest), loss = 0, sum = 0;
      if (!all) {
        samples[r] = shift - scores[t];
        for (int64_t c = 0; c < outputs; c++) scores[c] = (p[c] - (c == t ? 1.0f : 0.0f)) * factor;
        continue;
      }
      for (int64_t c = 0; c < outputs; c++) {
        float wanted = weights[c] * (c == t ? right : rest);
        sum += wanted;
        loss += wanted * (shift - scores[c]);
      }
      samples[r] = loss;
      for (int64_t c = 0; c < outputs; c++) scores[c] = (p[c] * sum - weights[c] * (c == t ? right : rest)) * factor;
    }
  }

  // values are losses of each output by itself, of which a sample has the mean over those
  // that are known.
  void values(float* scores, int64_t wide, const float* target, const float* weights, float smoothing, float delta, float* samples) const {
    double each = static_cast<double>(rows) * (masked ? 1 : static_cast<double>(outputs));
    float factor = static_cast<float>((kind == squaredError ? 2 : 1) / each);
    for (int64_t r = 0; r < rows; r++, scores += wide, target += outputs) {
      float known = 0, sum = 0;
      for (int64_t k = 0; k < outputs; k++) known += target[k] == target[k] ? 1 : 0;
      float share = masked ? 1 / std::max(known, 1.0f) : 1;
      for (int64_t k = 0; k < outputs; k++) {
        if (masked && target[k] != target[k]) {
          scores[k] = 0;
          continue;
        }
        float loss, slope;
        element(scores[k], target[k], weights[k], smoothing, delta, loss, slope);
        sum += loss * share;
        scores[k] = slope * share * factor;
      }
      samples[r] = masked ? sum : sum * (1 / static_cast<float>(outputs));
    }
  }

  void element(float score, float target, float weight, float smoothing, float delta, float& loss, float& slope) const {
    float e = score - target;
    switch (kind) {
      case squaredError:
        loss = e * e;
        slope = e;
        return;
      case huber:
        slope = e < -delta ? -delta : e > delta ? delta : e;
        loss = slope * (e - slope * 0.5f);
        return;
      default: {
        float y = smoothing != 0 ? (1 - smoothing) * target + smoothing / 2 : target, a = 1 + (weight - 1) * y;
        float small = std::exp(-std::fabs(score)), soft = std::max(-score, 0.0f) + std::log1p(small);  // log(1 + e^−score)
        float probability = score >= 0 ? 1 / (1 + small) : small / (1 + small);
        loss = (1 - y) * score + a * soft;
        slope = a * probability - weight * y;
      }
    }
  }
};

}  // namespace sharewise
