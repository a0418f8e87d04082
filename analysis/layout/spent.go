package layout

// Spent says what the seconds of a run went to since it was started last. Together
// they are Done.Seconds.
type Spent struct {
	Prepare     float64 `json:"prepare"`     // graphs made, weights drawn or read
	Open        float64 `json:"open"`        // graphs opened and bound by the runtime
	Gather      float64 `json:"gather"`      // minibatches put together
	Steps       float64 `json:"steps"`       // training steps
	Validation  float64 `json:"validation"`  // validation samples after each epoch
	Conflict    float64 `json:"conflict"`    // gradients of domains compared
	Checkpoints float64 `json:"checkpoints"` // of which training waited for
	Test        float64 `json:"test"`        // test samples in the end
	Write       float64 `json:"write"`       // losses, history and model
}

// Seconds is the sum of all.
func (s Spent) Seconds() float64 {
	sum := 0.0
	for _, p := range s.Parts() {
		sum += p.Seconds
	}
	return sum
}

// Add is what two runs spent together.
func (s Spent) Add(t Spent) Spent {
	return Spent{
		s.Prepare + t.Prepare, s.Open + t.Open, s.Gather + t.Gather, s.Steps + t.Steps, s.Validation + t.Validation,
		s.Conflict + t.Conflict, s.Checkpoints + t.Checkpoints, s.Test + t.Test, s.Write + t.Write,
	}
}

// SpentPart is one of the things that time goes to.
type SpentPart struct {
	Name    string
	Seconds float64
}

// Parts lists what time went to, in the order of work.
func (s Spent) Parts() []SpentPart {
	return []SpentPart{
		{"preparing", s.Prepare},
		{"opening graphs", s.Open},
		{"gathering minibatches", s.Gather},
		{"steps", s.Steps},
		{"validation", s.Validation},
		{"comparing gradients", s.Conflict},
		{"checkpoints", s.Checkpoints},
		{"test", s.Test},
		{"writing results", s.Write},
	}
}
