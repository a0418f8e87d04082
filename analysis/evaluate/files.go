package evaluate

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// Panel says which samples of which domains are judged, by models in files that
// differ in their seeds alone.
type Panel struct {
	// Rules are those of the whole study, where Study is a part of it: what models
	// have learned may be of other domains. nil stands for Study's.
	Rules   *policy.Checker
	Domains []*dataset.Domain
	// Study is where the domains are from. It says of which of them somebody has
	// listed or sorted the classes. It may be nil.
	Study *study.Study
	// Split is test, validation or train; empty stands for test.
	Split string
	// Form is what is known of models that do not say themselves how they are used,
	// see [Guess]; Outputs is the output for a domain where it has one of its own.
	// Where no Mean is given, inputs are scaled as the domain's are, unless the model
	// takes whole numbers.
	Form    Form
	Outputs map[string]string
	// As names the domain whose scaling and head in models trained here are used
	// for all samples. Empty stands for the domain at hand, or the only one that a
	// model has learned.
	As string
	// Threads of the runtime; 0 stands for all processors.
	Threads int
	// Faster is the form in which models are computed, see [OpenFaster]; the zero value
	// leaves them as they are.
	Faster kernels.Form
}

// Verdict is what the models of a panel say of a domain.
type Verdict struct {
	Domain string
	// Tables hold the rows of each model.
	Tables []*losses.Table
	// Used is how the first model was used.
	Used *Form
	// Computed is how the first model's outputs were computed, see Model.Computed.
	Computed string
	// Doubt and Order are doubts about the first model that raised any, see
	// Model.Doubt and Model.Order.
	Doubt string
	Order *Order
}

// LearnedError says that a model trained here did not learn a domain.
type LearnedError struct {
	Domain  string
	Learned []string
}

func (e *LearnedError) Error() string {
	return fmt.Sprintf("the model learned %s, not %s", strings.Join(e.Learned, ", "), e.Domain)
}

// NumberError is about a model whose outputs for a sample are no finite numbers, or so
// far off that their loss is none.
type NumberError struct {
	Domain string
	Sample int64
	Loss   float64
}

func (e *NumberError) Error() string {
	return fmt.Sprintf("the loss of sample %d of domain %s is %g: the model gives what is no number, or gets inputs that it cannot use", e.Sample, e.Domain, e.Loss)
}

// JudgeFiles judges the samples by the models of the files, which are numbered
// from seed on in the rows of the tables. It has a verdict for each domain, in
// their order. Errors name the file; they match ErrInput, ErrOutput or ErrFit, or
// are a *LearnedError, where the panel must say more.
func (p Panel) JudgeFiles(ctx context.Context, b exec.Backend, files []string, seed int64) ([]Verdict, error) {
	verdicts := make([]Verdict, len(p.Domains))
	for i, d := range p.Domains {
		verdicts[i].Domain = d.Name
	}
	for k, file := range files {
		if err := p.judgeFile(ctx, b, file, seed+int64(k), verdicts); err != nil {
			return nil, err
		}
	}
	return verdicts, nil
}

// judgeFile judges all domains by one model, in one session.
func (p Panel) judgeFile(ctx context.Context, b exec.Backend, file string, seed int64, verdicts []Verdict) error {
	m, _, err := onnxio.LoadMended(file)
	if err != nil {
		return err
	}
	// A model that is not valid may bring ONNX Runtime down.
	if err := onnxio.Check(m); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	forms := make([]Form, len(p.Domains))
	for i, d := range p.Domains {
		if err := p.allowed(m, d.Name); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		form, err := p.formFor(m, d)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		forms[i] = *form
	}
	models, err := OpenFaster(b, m, forms, exec.Options{Threads: cmp.Or(p.Threads, runtime.NumCPU())}, p.Faster)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	defer models[0].Close()
	for i, d := range p.Domains {
		if p.split(d).Len() == 0 {
			return fmt.Errorf("%s: domain %s has no %s samples", file, d.Name, p.splitName())
		}
		t := &losses.Table{Meta: losses.Meta{Seed: seed, Split: p.splitName(), Domains: []string{d.Name}}}
		if err := models[i].Judge(ctx, t, d, p.split(d), seed); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		for k, loss := range t.Loss {
			if l := float64(loss); math.IsNaN(l) || math.IsInf(l, 0) {
				return fmt.Errorf("%s: %w", file, &NumberError{Domain: d.Name, Sample: p.split(d).ID(k), Loss: l})
			}
		}
		verdicts[i].add(models[i], &forms[i], t)
	}
	return nil
}

// add adds what one model says to a verdict.
func (v *Verdict) add(m *Model, f *Form, t *losses.Table) {
	v.Tables = append(v.Tables, t)
	if v.Used == nil {
		v.Used, v.Computed = f, m.Computed()
	}
	if v.Doubt == "" && v.Order == nil {
		v.Doubt, v.Order = m.Doubt(), m.Order()
	}
}

func (p Panel) splitName() string { return cmp.Or(p.Split, "test") }

func (p Panel) split(d *dataset.Domain) *dataset.Split {
	switch p.splitName() {
	case "validation":
		return d.Val
	case "train":
		return d.Train
	}
	return d.Test
}

// allowed fails with policy.ErrForbidden where the study's rules forbid to test what
// a model has learned on a domain.
func (p Panel) allowed(m *onnxio.Model, domain string) error {
	learned := History(m)
	if p.Study == nil || slices.Equal(learned, []string{domain}) || len(learned) == 0 {
		return nil
	}
	rules := p.Rules
	if rules == nil {
		var err error
		if rules, err = p.Study.Checker(); err != nil {
			return err
		}
	}
	for _, of := range learned {
		if of == domain {
			continue
		}
		if err := rules.RefuseAct(policy.Evaluation, []string{of, domain}); err != nil {
			return err
		}
	}
	return nil
}

// formFor says how a model is used on a domain: as it says itself, or as the
// panel and the data let one guess.
func (p Panel) formFor(m *onnxio.Model, d *dataset.Domain) (*Form, error) {
	if learned := LearnedDomains(m); len(learned) > 0 {
		if err := sameText(m, d); err != nil {
			return nil, err
		}
		name := d.Name
		switch {
		case p.As != "":
			name = p.As
		case !slices.Contains(learned, name) && len(learned) == 1:
			name = learned[0]
		}
		if !slices.Contains(learned, name) {
			return nil, &LearnedError{name, learned}
		}
		return FormOf(m, name)
	}
	given := p.Form
	given.Output = cmp.Or(p.Outputs[d.Name], given.Output)
	if p.Study != nil {
		if t := p.Study.Domain(d.Name).Task; t.Classes != nil || t.ClassOrder != "" {
			given.NamesFrom = FromStudy
		}
	}
	form, err := Guess(m, d, given)
	if err == nil && form.Mean == nil && m.Graph.Input(form.Input).Type.IsFloat() {
		form.ScaleAs(d)
	}
	return form, err
}

// Rows joins the rows of all models and domains, for a file of losses.
func Rows(verdicts []Verdict, domains []*dataset.Domain) *losses.Table {
	var all []*losses.Table
	for _, v := range verdicts {
		all = append(all, v.Tables...)
	}
	t := losses.Concat(all...)
	Trim(t, domains)
	return t
}
