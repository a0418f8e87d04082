package evaluate

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/dataset"
)

// Order is a doubt about the order of a model's classes. Classes with numbers for
// names are taken in the order of numbers, 0, 1, 2, 10; torchvision, Keras and
// others number folders in that of text, 0, 1, 10, 2.
type Order struct {
	// As is the order that was taken, Other the one that may be meant.
	As, Other []string
	// Right and OtherRight count the samples that are judged right by each, of
	// Samples.
	Right, OtherRight, Samples int
}

// Better says that the other order fits the samples so much better that chance is
// no explanation: by three standard deviations of what differs between them, at
// most the samples that are right by one of them.
func (o *Order) Better() bool {
	return float64(o.OtherRight-o.Right) > 3*math.Sqrt(float64(o.OtherRight+o.Right))
}

// String says that the order is a guess, and what speaks for the other.
func (o *Order) String() string {
	const most = 13
	list := func(names []string) string {
		if len(names) > most {
			return strings.Join(names[:most], ", ") + ", ..."
		}
		return strings.Join(names, ", ")
	}
	text := fmt.Sprintf("nothing says in which order the model has the classes; they are taken as numbers: %s. torchvision and Keras number folders as text: %s.", list(o.As), list(o.Other))
	if o.Samples > 0 {
		share := func(n int) float64 { return float64(n) / float64(o.Samples) }
		text += fmt.Sprintf(" By numbers %.3f of the samples are right, by text %.3f", share(o.Right), share(o.OtherRight))
		if o.Better() {
			text += ": the model was probably trained with the latter"
		}
		text += "."
	}
	return text
}

// Orders are both orders of the classes of a domain, nil where they do not differ,
// or there are none.
func Orders(d *dataset.Domain) *Order {
	if d.Task.Classes == nil {
		return nil
	}
	o := &Order{As: d.Task.Classes, Other: slices.Clone(d.Task.Classes)}
	slices.Sort(o.Other)
	if slices.Equal(o.As, o.Other) {
		return nil
	}
	return o
}

// count adds a sample of a class, given the log probabilities of all outputs.
// index has the place of each class among them.
func (o *Order) count(log []float64, index []int, label int) {
	best := 0
	for c, v := range log {
		if v > log[best] {
			best = c
		}
	}
	o.Samples++
	if index[label] == best {
		o.Right++
	}
	if o.Other[best] == o.As[label] {
		o.OtherRight++
	}
}
