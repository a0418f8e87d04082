package reference

// softmaxCrossEntropyLoss is the negative log-likelihood of the softmax of
// scores [N,C,D...] over C, for classes [N,D...]; it also gives log softmax.
func softmaxCrossEntropyLoss(c *call) []*value {
	scores := c.input(0)
	if scores.rank() < 2 {
		failf("scores of shape %v", scores.shape)
	}
	logs := softmax(c, lanesAlong(scores.shape, 1), true)
	return []*value{negativeLogLikelihood(c, logs), logs}
}

// negativeLogLikelihood is −weight[class]·logs[class] per sample; the mean
// divides by the sum of the weights. Samples of ignore_index count nothing.
func negativeLogLikelihood(c *call, logs *value) *value {
	classes, weights := c.input(1), c.optional(2)
	ignored := c.Attr("ignore_index") != nil
	ignore := c.int("ignore_index", 0)
	losses := newValue(logs.dt, classes.shape)
	rows := lanesAlong(logs.shape, 1)
	if len(rows) != classes.len() {
		failf("scores of shape %v, classes of shape %v", logs.shape, classes.shape)
	}
	total, mass := 0.0, 0.0
	for i, class := range classes.ints() {
		if ignored && class == ignore {
			continue
		}
		if class < 0 || class >= len(rows[i]) {
			failf("class %d of %d", class, len(rows[i]))
		}
		w := 1.0
		if weights != nil {
			w = weights.floats()[class]
		}
		losses.f[i] = -w * logs.floats()[rows[i][class]]
		total += losses.f[i]
		mass += w
	}
	switch r := c.StringOr("reduction", "mean"); r {
	case "none":
		return losses
	case "sum":
		return floatValue(logs.dt, nil, []float64{total})
	case "mean":
		return floatValue(logs.dt, nil, []float64{total / mass})
	default:
		failf("reduction %q", r)
		return nil
	}
}
