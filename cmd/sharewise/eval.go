package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/train"
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
	flags.StringVar(&f.passes, "passes", "all", "`PASSES` that make models faster, as training.passes of a study; none: run models as they are")
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
	// Computed says how the outputs were computed, if otherwise than the models are
	// written.
	Computed string `json:"computed,omitempty"`
}

func (a *app) eval(ctx context.Context, paths []string, f *evalFlags) error {
	reads := append(slices.Concat(readsOfModels(paths...), readsOfData(f.data)), input{path: f.labels, what: "the names that --labels reads"})
	if err := a.spare([]output{{flag: "-o", path: f.output}}, reads...); err != nil {
		return err
	}
	p, err := f.panel(ctx, paths[0])
	if ctx.Err() != nil {
		return errAbandoned
	}
	if err != nil {
		return err
	}
	backend, err := a.backend()
	if err != nil {
		return err
	}
	if p.Faster, err = train.Form(backend, f.passes); err != nil {
		return usagef("eval: %v", err)
	}
	verdicts, err := p.JudgeFiles(ctx, backend, paths, f.seed)
	if ctx.Err() != nil {
		return errAbandoned
	}
	if err != nil {
		return inputError(evalError(err))
	}
	results := f.results(paths, verdicts, p.Form)
	if f.output != "" {
		if err := losses.OutputFile(f.output, evaluate.Rows(verdicts, p.Domains)); err != nil {
			return err
		}
	}
	if a.json {
		return a.writeJSON(results)
	}
	if err := printEval(a.stdout, results); err != nil {
		return err
	}
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

// evalError says which flag helps.
func evalError(err error) error {
	var learned *evaluate.LearnedError
	switch {
	case errors.Is(err, evaluate.ErrInput):
		return fmt.Errorf("%w (--input NAME, --set NAME=NUMBER)", err)
	case errors.Is(err, evaluate.ErrOutput):
		return fmt.Errorf("%w (--output NAME)", err)
	case errors.As(err, &learned):
		return fmt.Errorf("%w; say with --as which of them to use", err)
	}
	return err
}

func (f *evalFlags) results(paths []string, verdicts []evaluate.Verdict, given evaluate.Form) []evalResult {
	var out []evalResult
	for _, v := range verdicts {
		r := evalResult{Domain: v.Domain, Samples: v.Tables[0].Len(), Models: paths, Score: analysis.ScoreRuns(v.Tables, 0.95)}
		r.Score.Domain = v.Domain
		used := v.Used
		r.Used = evalUse{used.Input, used.Output, used.Gives, used.Layout, used.Names, cmp.Or(used.NamesFrom, evaluate.FromCaller), "as the study says", v.Computed}
		switch {
		case used.Learned != "":
			r.Used.Scaled = "as the model learned"
		case given.Mean != nil:
			r.Used.Scaled = "as the flags say"
		case used.Mean == nil:
			r.Used.Scaled = "not at all, for whole numbers"
		}
		if v.Doubt != "" && f.gives == "" {
			r.Notes = append(r.Notes, v.Doubt+" Then set --gives probabilities")
		}
		if v.Order != nil {
			r.Notes = append(r.Notes, orderNote(v.Order))
		}
		out = append(out, r)
	}
	return out
}

// printEval prints a line for each domain, and how models were used.
func printEval(w io.Writer, results []evalResult) error {
	g := newGrid(w, "domain", "samples", "models", "score", "loss", "input", "output", "gives", "channels", "scaled")
	for _, r := range results {
		g.row(r.Domain, r.Samples, len(r.Models), evalScore(r.Score), fmt.Sprintf("%.4g", r.Score.Loss.Value), r.Used.Input, r.Used.Output, r.Used.Gives, r.Used.Layout, r.Used.Scaled)
	}
	if err := g.close(); err != nil {
		return err
	}
	says := ""
	if results[0].Used.NamesFrom == evaluate.FromModel {
		says = ", as the model says"
	}
	fmt.Fprintf(w, "\nOutputs: %s%s\n", strings.Join(results[0].Used.Names, ", "), says)
	return nil
}

// evalScore is the figure that a task is known by.
func evalScore(s analysis.Score) string {
	for _, m := range []struct {
		name  string
		value effect.Interval
	}{{"accuracy", s.Accuracy}, {"macro AUC", s.AUC}, {"exact", s.ExactMatch}, {"R²", s.R2}} {
		if m.value.Known() {
			return m.name + " " + figure("%.4f", m.value.Value)
		}
	}
	return "–"
}
