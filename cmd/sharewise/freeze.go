package main

import (
	"errors"
	"fmt"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/training"
)

// freeze returns the cost of a training pass through a trunk of which a part is
// frozen, and adds what is probably not meant to the study's warnings.
func (p *prepared) freeze(r study.Rung, m *onnxio.Model) (flops float64, err error) {
	o, err := training.Preview(m, p.study.Model.Freeze)
	var none *training.NoMatchError
	if errors.As(err, &none) {
		return 0, fmt.Errorf("model.freeze: no parameter is called %q%s; 'sharewise model inspect --print' lists them", none.Pattern, study.DidYouMean(none.Pattern, none.Params))
	}
	if err != nil {
		return 0, err
	}
	warn := func(format string, args ...any) {
		p.study.Warnings = append(p.study.Warnings, fmt.Sprintf("model.freeze, rung %s: ", r.Name)+fmt.Sprintf(format, args...))
	}
	if o.Trained == 0 {
		warn("the whole trunk is frozen, so domains share nothing that trains; shared models differ from independent ones by chance alone")
	}
	if len(o.Random) > 0 {
		warn("%s frozen at random values (%s); weights worth keeping come from a trained model's file", plural(len(o.Random), "tensor"), firstNames(o.Random, 2))
	}
	return float64(o.FLOPs), nil
}
