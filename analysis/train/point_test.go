package train

import (
	"math"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// TestPoint sets a point to a trained model and finds its validation loss and, by
// differences, its gradients.
func TestPoint(t *testing.T) {
	job := newJob(t, 0.02, "last")
	dir := layout.RunFolder(t.TempDir())
	if _, err := Execute(t.Context(), reference.Backend(), job, dir, nil); err != nil {
		t.Fatal(err)
	}
	m, err := onnxio.Load(dir.Model())
	if err != nil {
		t.Fatal(err)
	}
	p, err := OpenPoint(reference.Backend(), job)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.Trained(m); err != nil {
		t.Fatal(err)
	}
	rows, err := layout.ReadHistory(dir.History())
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range job.Domains {
		want := math.NaN()
		for _, r := range rows {
			if r.Split == layout.ValSplit && r.Domain == d.Name {
				want = r.Loss // the last epoch's
			}
		}
		if got, err := p.Loss(i, d.Val); err != nil || math.Abs(got-want) > 1e-6 {
			t.Errorf("%s: validation loss %v, in the history %v; %v", d.Name, got, want, err)
		}
	}
	size := 0
	for _, q := range p.Trunk() {
		size += len(p.Values(q.Name))
	}
	gradient, scratch := make([]float32, size), make([]float32, size)
	for i, d := range job.Domains {
		if _, err := p.Slope(i, d.Train, 3, gradient); err != nil {
			t.Fatal(err)
		}
		at, reached := 0, false
		for _, q := range p.Trunk() {
			v := p.Values(q.Name)
			k := len(v) / 2
			const h = 1e-3
			was := v[k]
			v[k] = was + h
			above, _ := p.Slope(i, d.Train, 3, scratch)
			v[k] = was - h
			below, _ := p.Slope(i, d.Train, 3, scratch)
			v[k] = was
			want := (above - below) / (2 * h)
			if got := float64(gradient[at+k]); math.Abs(got-want) > 2e-3*(1+math.Abs(want)) {
				t.Errorf("%s: gradient of %s[%d] is %v, by differences %v", d.Name, q.Name, k, got, want)
			}
			reached = reached || want != 0
			at += len(v)
		}
		if !reached {
			t.Errorf("%s: all gradients that were looked at are zero", d.Name)
		}
	}
	other := *job
	other.Run.Seed++
	q, err := OpenPoint(reference.Backend(), &other)
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	same := true
	for _, param := range p.Trunk() {
		for k, v := range p.Start(param) {
			same = same && v == q.Start(param)[k]
		}
	}
	if same {
		t.Error("another seed starts from the same trunk")
	}
	m.Graph.Initializers = nil
	if err := p.Trained(m); err == nil {
		t.Error("a model without parameters is taken")
	}
}

// TestRecalibrate finds the statistics that a batch normalisation sees in training
// data, whatever was there before.
func TestRecalibrate(t *testing.T) {
	job := newJob(t, 0.02, "last")
	job.Domains, job.Batches, job.Run.Domains = job.Domains[:1], []int{10}, []string{"classes"}
	var err error
	if job.Program, err = Compile(Trunk{Model: newNormedTrunk()}, job.Domains, job.Batches, job.Training, kernels.Form{}); err != nil {
		t.Fatal(err)
	}
	p, err := OpenPoint(reference.Backend(), job)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	w := []float32{1, -2, 0.5, 3, 1, 1, -1, 0}
	copy(p.Values("w"), w)
	p.Values("mean")[0], p.Values("var")[1] = 50, 50
	if err := p.Recalibrate(3); err != nil {
		t.Fatal(err)
	}
	f, err := newFeeder(job)
	if err != nil {
		t.Fatal(err)
	}
	mean, variance := make([]float64, 4), make([]float64, 4)
	x, target := exec.Zeros(onnxio.Float32, 10, 2), exec.Zeros(onnxio.Int64, 10)
	for range 3 {
		if err := f.next(x, []*exec.Tensor{target}); err != nil {
			t.Fatal(err)
		}
		for c := range 4 {
			sum, squares := 0.0, 0.0
			for r := range 10 {
				a := float64(x.Float32()[2*r])*float64(w[c]) + float64(x.Float32()[2*r+1])*float64(w[4+c])
				sum, squares = sum+a, squares+a*a
			}
			mean[c] += sum / 10 / 3
			variance[c] += (squares - sum*sum/10) / 9 / 3
		}
	}
	for c := range 4 {
		if m, v := float64(p.Values("mean")[c]), float64(p.Values("var")[c]); math.Abs(m-mean[c]) > 1e-4 || math.Abs(v-variance[c]) > 1e-4*(1+variance[c]) {
			t.Errorf("channel %d: mean %v and variance %v, want %v and %v", c, m, v, mean[c], variance[c])
		}
	}
}
