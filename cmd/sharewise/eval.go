package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/ort"
)

const evalLong = `Eval runs trained models, from whatever program, over the test data of domains
and records the loss, correctness, prediction and confidence of every sample in
a table that 'sharewise compare' takes: whoever trained elsewhere gets transfer
and interference without training here.

Several models are trainings of the same thing with different seeds: they are
numbered from --seed on. Evaluate independent models into one table per domain,
the shared models into another, and compare:

  sharewise eval mill-*.onnx  --data study.yaml --domain mill  -o alone-mill.parquet
  sharewise eval press-*.onnx --data study.yaml --domain press -o alone-press.parquet
  sharewise eval both-*.onnx  --data study.yaml --seed 101     -o shared.parquet
  sharewise compare --independent 'alone-*.parquet' --arm shared.parquet

Models trained by sharewise say themselves how they are used. Of others this is
guessed and printed, and flags correct it:

  --input, --set    the input for samples; values of further inputs
  --output          the output, or any value in the graph; a model with a head
                    per domain takes one --output DOMAIN=NAME for each
  --gives           scores (logits), probabilities, log-probabilities or values
  --labels          classes, labels or targets of the outputs in their order,
                    separated by commas, or a file with one on each line;
                    otherwise as the model says (its classifier, a ZipMap or
                    metadata such as "names"), or those of the data, in the
                    study's order
  --class-order     of classes that nobody lists: numbers, 0, 1, 2, 10, or text,
                    0, 1, 10, 2, as torchvision and Keras number folders; where
                    it matters and nothing says which, a note says how many
                    samples are right by each
  --layout          first: [batch, channels, height, width]; last: channels last
  --scale, --mean, --std
                    inputs are (x / scale - mean) / std, one number or one for
                    each channel; otherwise they are normalised as the study
                    says, from its training data, or, where the model takes whole
                    numbers, left as they are

Images of a folder or file are brought to the size that the model's input has;
a study file says itself what size.

A regression gives values in the targets' own units. Losses are those that
training in the study would record, whatever the model was trained to reduce.`

func newEvalCommand(a *app) *cobra.Command {
	var f evalFlags
	cmd := &cobra.Command{
		Use:   "eval MODEL... --data STUDY|DATA",
		Short: "Record the loss of every test sample under models trained anywhere",
		Long:  evalLong,
		Example: `  sharewise eval resnet18.onnx --data study.yaml --domain line-a -o losses.parquet
  sharewise eval vit.onnx --data photos --scale 255 --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225`,
		GroupID: "tables",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("eval: name a model; see 'sharewise eval --help'")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.eval(cmd.Context(), args, &f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.data, "data", "", "study file, or folder or file of data as 'sharewise init' takes it: `STUDY|DATA`")
	flags.StringArrayVar(&f.domains, "domain", nil, "judge samples of the domain `NAME` (repeatable; default: all)")
	flags.StringVar(&f.split, "split", "test", "the samples: test, validation or train")
	flags.StringVarP(&f.output, "table", "o", "", "write the loss table to `FILE`")
	flags.Int64Var(&f.seed, "seed", 1, "seed number of the first model's rows")
	flags.StringVar(&f.as, "as", "", "use what a model trained by sharewise learned of the domain `NAME`, whatever is judged")
	flags.StringVar(&f.input, "input", "", "`NAME` of the input for samples")
	flags.StringArrayVar(&f.outputs, "output", nil, "`[DOMAIN=]NAME` of the output (repeatable)")
	flags.StringToStringVar(&f.set, "set", nil, "`NAME=NUMBER` of a further input (repeatable)")
	flags.StringVar(&f.gives, "gives", "", "what the output is: scores, probabilities, log-probabilities or values")
	flags.StringVar(&f.labels, "labels", "", "`NAMES` of the outputs, separated by commas, or a file with one on each line")
	flags.StringVar(&f.classOrder, "class-order", "", "how classes are sorted that nobody lists: numbers or text")
	flags.StringVar(&f.layout, "layout", "", "where channels stand: first or last")
	flags.Float64Var(&f.scale, "scale", 0, "divide raw inputs by this `NUMBER`, such as 255")
	flags.Float64SliceVar(&f.mean, "mean", nil, "then subtract `NUMBERS`")
	flags.Float64SliceVar(&f.std, "std", nil, "then divide by `NUMBERS`")
	flags.IntVar(&f.threads, "threads", 0, "threads of ONNX Runtime (default: all cores)")
	f.reading.register(flags)
	return cmd
}

// evalResult is what eval prints of one domain with --json.
type evalResult struct {
	Domain  string         `json:"domain"`
	Samples int            `json:"samples"`
	Models  []string       `json:"models"`
	Used    evalUse        `json:"used"`
	Score   analysis.Score `json:"score"`
	Notes   []string       `json:"notes,omitempty"`
}

// evalUse says how the models were used.
type evalUse struct {
	Input  string          `json:"input"`
	Output string          `json:"output"`
	Gives  evaluate.Gives  `json:"gives"`
	Layout evaluate.Layout `json:"layout"`
	Names  []string        `json:"names"`
	// NamesFrom says who knows the names: caller, model, study, or data, where
	// their order is a guess.
	NamesFrom evaluate.NamesFrom `json:"names_from"`
	Scaled    string             `json:"scaled"`
}

func (a *app) eval(ctx context.Context, paths []string, f *evalFlags) error {
	form, err := f.form()
	if err != nil {
		return err
	}
	domains, sure, err := f.open(ctx, paths[0])
	if ctx.Err() != nil {
		return errAbandoned
	}
	if err != nil {
		return err
	}
	backend, err := ort.Default(a.library)
	if err != nil {
		return err
	}
	e := &evaluation{
		flags: f, form: form, domains: domains, sure: sure, backend: backend,
		tables: map[string][]*losses.Table{}, used: map[string]*evaluate.Form{}, notes: map[string][]string{},
	}
	for k, path := range paths {
		if err := e.model(ctx, path, f.seed+int64(k)); err != nil {
			if ctx.Err() != nil {
				return errAbandoned
			}
			return err
		}
	}
	results := e.results(paths)
	if f.output != "" {
		if err := e.write(); err != nil {
			return err
		}
	}
	if a.json {
		return a.writeJSON(results)
	}
	printEval(a.stdout, results)
	for _, r := range results {
		for _, n := range r.Notes {
			a.say("Note: %s: %s", r.Domain, n)
		}
	}
	if f.output != "" {
		a.say("\nWritten: %s. Next: sharewise compare --independent ... --arm ...", f.output)
	}
	return nil
}

// evaluation judges domains by models.
type evaluation struct {
	flags   *evalFlags
	form    evaluate.Form
	domains []*dataset.Domain
	sure    map[string]bool // domains whose order of classes somebody has said
	backend exec.Backend
	tables  map[string][]*losses.Table // by domain, one for each model
	used    map[string]*evaluate.Form  // by domain: how the first model was used
	notes   map[string][]string        // by domain, of the first model that has any
}

// model judges all domains by one model, in one session.
func (e *evaluation) model(ctx context.Context, path string, seed int64) error {
	m, _, err := onnxio.LoadMended(path)
	if err != nil {
		return inputError(err)
	}
	forms := make([]evaluate.Form, len(e.domains))
	for i, d := range e.domains {
		form, err := e.formFor(m, d)
		if err != nil {
			return inputError(fmt.Errorf("%s: %w", path, err))
		}
		forms[i] = *form
	}
	models, err := evaluate.OpenAll(e.backend, m, forms, exec.Options{Threads: cmp.Or(e.flags.threads, runtime.NumCPU())})
	if err != nil {
		return inputError(fmt.Errorf("%s: %w", path, err))
	}
	defer models[0].Close()
	for i, d := range e.domains {
		if err := e.domain(ctx, models[i], d, seed); err != nil {
			return inputError(fmt.Errorf("%s: %w", path, err))
		}
		if e.used[d.Name] == nil {
			e.used[d.Name] = &forms[i]
		}
	}
	return nil
}

func (e *evaluation) domain(ctx context.Context, model *evaluate.Model, d *dataset.Domain, seed int64) error {
	split := map[string]*dataset.Split{"test": d.Test, "validation": d.Val, "train": d.Train}[e.flags.split]
	if split.Len() == 0 {
		return fmt.Errorf("domain %s has no %s samples", d.Name, e.flags.split)
	}
	t := &losses.Table{Meta: losses.Meta{Seed: seed, Split: e.flags.split, Domains: []string{d.Name}}}
	if err := model.Judge(ctx, t, d, split, seed); err != nil {
		return err
	}
	if e.notes[d.Name] == nil {
		if doubt := model.Doubt(); doubt != "" && e.flags.gives == "" {
			e.notes[d.Name] = append(e.notes[d.Name], doubt+" Then set --gives probabilities")
		}
		if o := model.Order(); o != nil {
			e.notes[d.Name] = append(e.notes[d.Name], orderNote(o))
		}
	}
	e.tables[d.Name] = append(e.tables[d.Name], t)
	return nil
}

// formFor says how a model is used on a domain: as it says itself, or as flags
// and data let one guess.
func (e *evaluation) formFor(m *onnxio.Model, d *dataset.Domain) (*evaluate.Form, error) {
	learned := evaluate.LearnedDomains(m)
	if len(learned) > 0 {
		name := d.Name
		switch {
		case e.flags.as != "":
			name = e.flags.as
		case !slices.Contains(learned, name) && len(learned) == 1:
			name = learned[0]
		}
		if !slices.Contains(learned, name) {
			return nil, fmt.Errorf("the model learned %s, not %s; say with --as which of them to use", strings.Join(learned, ", "), name)
		}
		return evaluate.FormOf(m, name)
	}
	given := e.form
	if e.sure[d.Name] {
		given.NamesFrom = evaluate.FromStudy
	}
	for _, o := range e.flags.outputs {
		if domain, name, ok := strings.Cut(o, "="); ok && domain == d.Name {
			given.Output = name
		}
	}
	form, err := evaluate.Guess(m, d, given)
	switch {
	case errors.Is(err, evaluate.ErrInput):
		return nil, fmt.Errorf("%w (--input NAME, --set NAME=NUMBER)", err)
	case errors.Is(err, evaluate.ErrOutput):
		return nil, fmt.Errorf("%w (--output NAME)", err)
	}
	if err == nil && form.Mean == nil && e.flags.scale == 0 && m.Graph.Input(form.Input).Type.IsFloat() {
		form.ScaleAs(d)
	}
	return form, err
}

func (e *evaluation) results(paths []string) []evalResult {
	var out []evalResult
	for _, d := range e.domains {
		tables, form := e.tables[d.Name], e.used[d.Name]
		scaled := "as the model learned"
		switch {
		case form.Learned != "":
		case e.form.Mean != nil:
			scaled = "as the flags say"
		case e.flags.scale != 0:
			scaled = "by --scale"
		case form.Mean == nil:
			scaled = "not at all, for whole numbers"
		default:
			scaled = "as the study says"
		}
		score := analysis.ScoreRuns(tables, 0.95)
		score.Domain = d.Name
		out = append(out, evalResult{
			Domain: d.Name, Samples: tables[0].Len(), Models: paths, Score: score,
			Used:  evalUse{form.Input, form.Output, form.Gives, form.Layout, form.Names, cmp.Or(form.NamesFrom, evaluate.FromCaller), scaled},
			Notes: e.notes[d.Name],
		})
	}
	return out
}

// write writes the rows of all models.
func (e *evaluation) write() error {
	var all []*losses.Table
	for _, d := range e.domains {
		all = append(all, e.tables[d.Name]...)
	}
	t := losses.Concat(all...)
	evaluate.Trim(t, e.domains)
	return losses.WriteFile(e.flags.output, t)
}

// printEval prints a line for each domain, and how models were used.
func printEval(w io.Writer, results []evalResult) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "domain\tsamples\tmodels\tscore\tloss\tinput\toutput\tgives\tchannels\tscaled")
	for _, r := range results {
		fmt.Fprintf(t, "%s\t%d\t%d\t%s\t%.4g\t%s\t%s\t%s\t%s\t%s\n", r.Domain, r.Samples, len(r.Models), evalScore(r.Score), r.Score.Loss.Value, r.Used.Input, r.Used.Output, r.Used.Gives, r.Used.Layout, r.Used.Scaled)
	}
	t.Flush()
	says := ""
	if results[0].Used.NamesFrom == evaluate.FromModel {
		says = ", as the model says"
	}
	fmt.Fprintf(w, "\nOutputs: %s%s\n", strings.Join(results[0].Used.Names, ", "), says)
}

// evalScore is the figure that a task is known by.
func evalScore(s analysis.Score) string {
	for _, m := range []struct {
		name  string
		value *analysis.Interval
	}{{"accuracy", s.Accuracy}, {"macro AUC", s.AUC}, {"exact", s.ExactMatch}, {"R²", s.R2}} {
		if m.value != nil {
			return m.name + " " + figure("%.4f", m.value.Value)
		}
	}
	return "–"
}
