package reference

import "math"

// activation is unary for functions that depend on attributes: f is called
// once per node and gives the function of one element.
func activation(f func(c *call) func(float64) float64) kernel {
	return one(func(c *call) *value { return apply(c.input(0), f(c)) })
}

// sigmoid is 1/(1+e^-x) without overflow.
func sigmoid(x float64) float64 {
	if x < 0 {
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}

// softplus is ln(1+e^x) without overflow.
func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// normalCDF is the distribution function of the standard normal distribution.
func normalCDF(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

func leakyRelu(c *call) func(float64) float64 {
	alpha := c.float("alpha", 0.01)
	return func(x float64) float64 {
		if x < 0 {
			return alpha * x
		}
		return x
	}
}

func elu(c *call) func(float64) float64 {
	alpha := c.float("alpha", 1)
	return func(x float64) float64 {
		if x < 0 {
			return alpha * math.Expm1(x)
		}
		return x
	}
}

func selu(c *call) func(float64) float64 {
	alpha, gamma := c.float("alpha", 1.67326319217681884765625), c.float("gamma", 1.05070102214813232421875)
	return func(x float64) float64 {
		if x > 0 {
			return gamma * x
		}
		return gamma * alpha * math.Expm1(x)
	}
}

func celu(c *call) func(float64) float64 {
	alpha := c.float("alpha", 1)
	return func(x float64) float64 { return max(0, x) + min(0, alpha*math.Expm1(x/alpha)) }
}

func thresholdedRelu(c *call) func(float64) float64 {
	alpha := c.float("alpha", 1)
	return func(x float64) float64 {
		if x > alpha {
			return x
		}
		return 0
	}
}

func hardSigmoid(c *call) func(float64) float64 {
	alpha, beta := c.float("alpha", 0.2), c.float("beta", 0.5)
	return func(x float64) float64 { return clamp(alpha*x+beta, 0, 1) }
}

func shrink(c *call) func(float64) float64 {
	bias, lambda := c.float("bias", 0), c.float("lambd", 0.5)
	return func(x float64) float64 {
		switch {
		case x < -lambda:
			return x + bias
		case x > lambda:
			return x - bias
		}
		return 0
	}
}

func gelu(c *call) func(float64) float64 {
	if c.StringOr("approximate", "none") == "tanh" {
		return func(x float64) float64 {
			return 0.5 * x * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
		}
	}
	return func(x float64) float64 { return x * normalCDF(x) }
}

func swish(c *call) func(float64) float64 {
	alpha := c.float("alpha", 1)
	return func(x float64) float64 { return x * sigmoid(alpha*x) }
}

func quickGelu(c *call) func(float64) float64 {
	alpha := c.float("alpha", 1.702)
	return func(x float64) float64 { return x * sigmoid(alpha*x) }
}
