package main

import (
	"errors"

	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/study"
)

// orderClasses puts the order of classes that a flag names into a task; the flag
// is empty if it is not given.
func orderClasses(t *study.Task, order string) error {
	switch {
	case order == "":
	case t.Classes != nil:
		return errors.New("its classes are listed in their order, so --class-order has nothing to say")
	default:
		t.ClassOrder = order
	}
	return nil
}

// orderNote says that the order of a model's classes is a guess.
func orderNote(o *evaluate.Order) string {
	return o.String() + " Say which with --class-order numbers or text, or with --labels"
}
