package main

import (
	"bufio"
	"bytes"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

type evalFlags struct {
	data, layout, gives, split, output string
	input                              string
	domains, outputs                   []string
	labels, as, classOrder             string
	set                                map[string]string
	scale                              float64
	mean, std                          []float64
	seed                               int64
	threads                            int
	passes                             string
	reading                            reading
}

// form is what the flags say of models that do not say it themselves.
func (f *evalFlags) form() (evaluate.Form, error) {
	out := evaluate.Form{Input: f.input, Gives: evaluate.Gives(f.gives), Fixed: map[string]float64{}}
	if f.data == "" {
		return out, usagef("eval: --data is missing: a study file, or a folder or file of data")
	}
	if f.threads < 0 || f.threads > study.MaxThreads {
		return out, usagef("eval: --threads %d; give 1 to %d, or 0 for all cores", f.threads, study.MaxThreads)
	}
	for _, err := range []error{
		choice("eval", "gives", f.gives, string(evaluate.Scores), string(evaluate.Probabilities), string(evaluate.LogProbabilities), string(evaluate.Values)),
		choice("eval", "layout", f.layout, string(evaluate.ChannelsFirst), string(evaluate.ChannelsLast)),
		choice("eval", "class-order", f.classOrder, study.OrderNumbers, study.OrderText),
		choice("eval", "split", f.split, "test", "validation", "train"),
	} {
		if err != nil {
			return out, err
		}
	}
	if _, err := kernels.ParsePasses(f.passes); err != nil {
		return out, usagef("eval: --passes: %v", err)
	}
	out.Layout = evaluate.Layout(f.layout)
	for _, o := range f.outputs {
		if !strings.Contains(o, "=") {
			out.Output = o
		}
	}
	for name, text := range f.set {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return out, usagef("eval: --set %s=%s: not a number", name, text)
		}
		out.Fixed[name] = v
	}
	var err error
	if out.Names, err = readNames(f.labels); err != nil {
		return out, err
	}
	out.Mean, out.Std, err = f.scaling()
	return out, err
}

// scaling makes one mean and deviation of scale, mean and std.
func (f *evalFlags) scaling() (mean, std []float32, err error) {
	in := study.Input{Scale: f.scale, Mean: f.mean, Std: f.std}
	if !in.Scaled() {
		return nil, nil, nil
	}
	if slices.Contains(f.std, 0) {
		return nil, nil, usagef("eval: --std 0 cannot divide")
	}
	if len(f.mean) > 0 && len(f.std) > 0 && len(f.mean) != len(f.std) {
		return nil, nil, usagef("eval: %d numbers for --mean and %d for --std", len(f.mean), len(f.std))
	}
	return in.Scaling(max(1, len(f.mean), len(f.std)))
}

// panel reads the domains to judge by a model, which need not fit one trunk, and
// says by what they are judged.
func (f *evalFlags) panel(ctx context.Context, model string) (*evaluate.Panel, error) {
	form, err := f.form()
	if err != nil {
		return nil, err
	}
	s, err := evaluate.OpenFor(f.data, model, f.input)
	if err != nil {
		return nil, inputError(err)
	}
	for _, n := range f.domains {
		if s.Domain(n) == nil {
			return nil, usagef("eval: %s has no domain %q%s", f.data, n, study.DidYouMean(n, domainNames(s)))
		}
	}
	p := &evaluate.Panel{Study: s.Only(f.domains), Split: f.split, Form: form, Outputs: map[string]string{}, As: f.as, Threads: f.threads}
	if p.Rules, err = s.Checker(); err != nil {
		return nil, inputError(err)
	}
	for i := range p.Study.Domains {
		d := &p.Study.Domains[i]
		if err := orderClasses(&d.Task, f.classOrder); err != nil {
			return nil, usagef("eval: domain %s: %w", d.Name, err)
		}
		d.SkipBad = d.SkipBad || f.reading.skipBad
	}
	for _, o := range f.outputs {
		if domain, name, ok := strings.Cut(o, "="); ok {
			p.Outputs[domain] = name
		}
	}
	p.Domains, err = dataset.OpenUnfit(ctx, p.Study, dataset.Memory(int64(f.reading.memory)))
	return p, inputError(err)
}

// readNames splits a list, or reads a file with a name on each line.
func readNames(text string) ([]string, error) {
	if text == "" {
		return nil, nil
	}
	content, err := filelimit.ReadFile(text, filelimit.Document)
	if err != nil {
		if strings.ContainsAny(text, "/\\") || !strings.Contains(text, ",") {
			return nil, usagef("--labels %s: neither names separated by commas nor a file that can be read: %v", text, err)
		}
		content = []byte(strings.ReplaceAll(text, ",", "\n"))
	}
	var out []string
	for lines := bufio.NewScanner(bytes.NewReader(content)); lines.Scan(); {
		if name := strings.TrimSpace(lines.Text()); name != "" {
			out = append(out, name)
		}
	}
	return out, nil
}
