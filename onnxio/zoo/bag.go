package zoo

import "fmt"

// bagSize is the elements of a token's vector in the bag at width 1.
const bagSize = 64

// bag is the mean of the vectors of a sample's tokens, and one fully connected
// layer.
func bag(l *layers) error {
	if l.cfg.Vocabulary == 0 || len(l.shape) != 1 {
		return fmt.Errorf("it takes tokens [length], and needs the size of their vocabulary")
	}
	e := &encoder{layers: l, size: l.cfg.scaled(bagSize), tokens: l.shape[0]}
	e.mean(e.embedTokens())
	l.linear("fc1", l.cfg.scaled(256))
	l.relu()
	return nil
}
