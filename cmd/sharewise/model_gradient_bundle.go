package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/artifacts"
	"github.com/sharewise/sharewise/onnxio/finetune"
	"github.com/sharewise/sharewise/onnxio/training"
)

// normalisedNote says that a loss is put on probabilities, where it wants logits;
// "" if it is not.
func normalisedNote(m *onnxio.Model, c artifacts.Config) string {
	of, op, logits := artifacts.Normalised(m, c)
	switch {
	case op == "":
		return ""
	case logits == "":
		return fmt.Sprintf("%q comes out of a %s, but %s takes what goes into it, which are integers here; quantize the model without it", of, op, c.Task.Loss)
	}
	return fmt.Sprintf("%q comes out of a %s, but %s takes what goes into it; '--of %s' would put the loss there", of, op, c.Task.Loss, logits)
}

// gradientError tells what is wrong with the call from what is wrong with the
// model, and adds the names that the user may have meant.
func gradientError(path string, err error) error {
	var unknown *training.UnknownNameError
	var none *training.NoMatchError
	var several *onnxio.OutputError
	var open *training.SampleError
	switch {
	case errors.As(err, &several):
		err = fmt.Errorf("%w (--of NAME)", err)
	case errors.As(err, &open):
		err = fmt.Errorf("%w (--shape %s=%s)", err, open.Input, open.Example)
	case errors.Is(err, training.ErrNaN):
		err = fmt.Errorf("%w (--init METHOD)", err)
	}
	switch {
	case errors.As(err, &unknown):
		return usagef("model gradient: %s has no %s %q%s; 'sharewise model inspect --print' lists them",
			path, unknown.What, unknown.Name, study.DidYouMean(unknown.Name, unknown.Names))
	case errors.As(err, &none):
		return usagef("model gradient: no parameter is called %q%s; 'sharewise model inspect --print' lists them",
			none.Pattern, study.DidYouMean(none.Pattern, none.Params))
	case errors.Is(err, training.ErrConfig) && !errors.Is(err, training.ErrTrunk), errors.Is(err, finetune.ErrConfig):
		return usagef("model gradient: %s: %w", path, err)
	}
	return inputError(fmt.Errorf("%s: %w", path, err))
}

// printBundle says what was written.
func printBundle(out io.Writer, dir string, b *artifacts.Bundle) error {
	if b.Kind == artifacts.KindGradient {
		var wrt []string
		for _, o := range b.Gradient.Outputs {
			if o.Role == artifacts.RoleGradient {
				wrt = append(wrt, o.Wrt)
			}
		}
		batches := ""
		if b.Batch > 0 {
			batches = fmt.Sprintf(", for batches of %d", b.Batch)
		}
		_, err := fmt.Fprintf(out, "%s: %s gives derivatives with respect to %s%s\n", dir, artifacts.GradientFile, strings.Join(wrt, ", "), batches)
		return err
	}
	c := b.Count()
	_, err := fmt.Fprintf(out, "%s: %s trains %s in %s, %d frozen, with %s and %s, in batches of %d\n",
		dir, artifacts.TrainFile, onnxio.FormatCount(c.Elements), wording.Plural(c.Trained, "tensor"), c.Frozen, b.Loss.Name, b.Optimizer.Name, b.Batch)
	if len(c.Stuck) > 0 {
		_, e := fmt.Fprintln(out, project.StuckNote(c.Stuck, c.Why))
		err = errors.Join(err, e)
	}
	if merged := b.Merged(); len(merged) > 0 {
		_, e := fmt.Fprintln(out, project.MergedNote(merged))
		err = errors.Join(err, e)
	}
	return err
}
