package baseline_test

import (
	"context"
	"fmt"

	"github.com/sharewise/sharewise/analysis/baseline"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
)

// A ridge regression is fitted to the training rows of a domain and judges its
// test rows.
func ExampleFit() {
	s := study.New("turbines")
	held := map[string]*dataset.Samples{}
	for _, name := range []string{"a", "b"} {
		d := study.NewDomain(name)
		d.Format, d.Task.Kind = study.InMemory, study.Regression
		s.Domains = append(s.Domains, d)
		held[name] = new(dataset.Samples)
		for i := range 100 {
			x, z := float64(i%11), float64(i%7)
			held[name].X = append(held[name].X, []float32{float32(x), float32(z)})
			held[name].Targets = append(held[name].Targets, []float64{2*x - z})
		}
	}
	if err := s.Validate(); err != nil {
		fmt.Println(err)
		return
	}
	domains, err := dataset.OpenAll(context.Background(), s, dataset.FromMemory(held))
	if err != nil {
		fmt.Println(err)
		return
	}
	l, err := baseline.Fit(context.Background(), domains[0], false)
	if err != nil {
		fmt.Println(err)
		return
	}
	var t losses.Table
	if err := l.Test(context.Background(), &t, domains[0].Test); err != nil {
		fmt.Println(err)
		return
	}
	worst := float32(0)
	for _, v := range t.Loss {
		worst = max(worst, v)
	}
	fmt.Println(l.Text())
	fmt.Println(t.Len(), "test rows, no loss above 0.001:", worst < 0.001)
	// Output:
	// ridge regression of 2 columns, fitted to 70 rows, penalty chosen by 10 folds of the training rows
	// 20 test rows, no loss above 0.001: true
}
