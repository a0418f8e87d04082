package laws

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// slimpajama reads the mixtures of Dai and Zheng: seven domains, five sizes.
func slimpajama(t *testing.T) (all []Observation, names []string) {
	t.Helper()
	root := os.Getenv("SHAREWISE_DATA")
	if root == "" {
		t.Skip("SKIPPED: set SHAREWISE_DATA to a folder with published/slimpajama_mixtures_upto_1.2B.csv.gz; laws were not tested on published losses")
	}
	file, err := os.Open(filepath.Join(root, "published", "slimpajama_mixtures_upto_1.2B.csv.gz"))
	if err != nil {
		t.Skipf("SKIPPED: %v; laws were not tested on published losses", err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	const n = 7
	for _, name := range rows[0][9:16] {
		names = append(names, strings.TrimSuffix(name, "_loss"))
	}
	for _, row := range rows[1:] {
		number := func(i int) float64 {
			x, err := strconv.ParseFloat(row[i], 64)
			if err != nil {
				return math.NaN()
			}
			return x
		}
		o := Observation{Mixture: Mixture{Size: number(7), Data: number(8)}}
		sum := 0.0
		for i := range n {
			o.Weights, o.Losses = append(o.Weights, number(i)), append(o.Losses, number(9+i))
			sum += number(i)
		}
		for i := range o.Weights {
			o.Weights[i] /= sum
		}
		all = append(all, o)
	}
	return all, names
}

// relativeError is the mean of |prediction / loss - 1|, and by domain.
func relativeError(c *Competition, on []Observation) (mean float64, by []float64) {
	by = make([]float64, len(on[0].Losses))
	count := make([]float64, len(by))
	for _, o := range on {
		for i, l := range c.Losses(o.Mixture) {
			if !math.IsNaN(o.Losses[i]) {
				by[i] += math.Abs(l/o.Losses[i] - 1)
				count[i]++
			}
		}
	}
	for i := range by {
		by[i] /= count[i]
		mean += by[i] / float64(len(by))
	}
	return mean, by
}

// last keeps the ends of trainings.
func last(all []Observation) []Observation {
	ends := map[float64]float64{}
	for _, o := range all {
		ends[o.Size] = max(ends[o.Size], o.Data)
	}
	return keep(all, func(o Observation) bool { return o.Data == ends[o.Size] })
}

func keep(all []Observation, of func(Observation) bool) []Observation {
	var out []Observation
	for _, o := range all {
		if of(o) {
			out = append(out, o)
		}
	}
	return out
}

// TestPublished predicts losses at the larger sizes from those at the smaller ones,
// at the ends of trainings, and with -update writes testdata/published.md.
func TestPublished(t *testing.T) {
	all, names := slimpajama(t)
	all = last(all)
	var out strings.Builder
	out.WriteString(publishedHead)
	fmt.Fprintf(&out, "| law | fitted to | at size | models | mean error | %s |\n|---|---|---|---|---|%s\n", strings.Join(names, " | "), strings.Repeat("---|", len(names)))
	percent := func(by []float64) string {
		var cells []string
		for _, x := range by {
			cells = append(cells, fmt.Sprintf("%.1f %%", 100*x))
		}
		return strings.Join(cells, " | ")
	}
	errs := map[string]float64{}
	for _, most := range []float64{7e8, 1e9} {
		fitted := keep(all, func(o Observation) bool { return o.Size < most })
		for _, law := range []struct {
			name string
			fit  func([]Observation) (*Competition, error)
		}{{"competition", FitCompetition}, {"apart", FitApart}} {
			c, err := law.fit(fitted)
			if err != nil {
				t.Fatal(err)
			}
			in, by := relativeError(c, fitted)
			fmt.Fprintf(&out, "| %s | up to %.0f M | the same | %d | %.1f %% | %s |\n", law.name, most/1e6, len(fitted), 100*in, percent(by))
			for _, size := range []float64{9.37e8, 1.235e9} {
				if size < most {
					continue
				}
				on := keep(all, func(o Observation) bool { return o.Size == size })
				mean, by := relativeError(c, on)
				errs[fmt.Sprintf("%s %.0f", law.name, size/1e6)] = mean
				fmt.Fprintf(&out, "| %s | up to %.0f M | %.0f M | %d | %.1f %% | %s |\n", law.name, most/1e6, size/1e6, len(on), 100*mean, percent(by))
			}
		}
	}
	single := publishedByMixture(t, all, len(names))
	for _, row := range []struct {
		name string
		by   []float64
	}{{"Fit, mixture by mixture", single.off}, {"no change from 937 M", single.same}} {
		mean := 0.0
		for _, x := range row.by {
			mean += x / float64(len(row.by))
		}
		errs[row.name] = mean
		fmt.Fprintf(&out, "| %s | up to 1000 M | 1235 M | %d | %.1f %% | %s |\n", row.name, single.mixtures, 100*mean, percent(row.by))
	}
	fmt.Fprintf(&out, "\nLimits of Fit, nominal 95 %%, hold %d of %d losses at 1235 M; half of their width is %.1f %% of the loss in the mean.\n", single.held, single.mixtures*len(names), 100*single.width)
	if errs["apart 1235"] > 0.02 || errs["competition 1235"] > 0.04 || errs["Fit, mixture by mixture"] > 0.025 {
		t.Errorf("errors %v", errs)
	}
	if single.held < single.mixtures*len(names)*9/10 {
		t.Errorf("limits hold %d of %d", single.held, single.mixtures*len(names))
	}
	t.Log("\n" + out.String())
	if *update {
		if err := os.WriteFile("testdata/published.md", []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

const publishedHead = `# Predictions on published losses

Seven domains of SlimPajama in mixtures, from R. Dai and S. Zheng, Explaining Data Mixing Scaling Laws (arXiv:2606.08167; data
of github.com/meiqwq/Explaining-Data-Mixing-Scaling-Laws, whose largest size was not looked at). Losses are those at the end of
each training: 60 mixtures at 122 M and 310 M parameters and 2e10 tokens, 40 at 680 M and 937 M with more, 20 at 1235 M with
4.6e10. Written by

    SHAREWISE_DATA=FOLDER go test ./analysis/laws -run TestPublished -update

Errors are means of |prediction / loss - 1|. *competition* is the published law with its own division of room; *apart* is the
same law where every domain has the whole model. On these losses the latter predicts better: that domains compete for room in
this way is not borne out by what the law says of a larger model. An independent fit of the published law by SciPy from random starts
found 1.9 % within and 3.6 % at 1235 M, so that this is not for want of searching. *Fit* sees the four smaller sizes of one
mixture only, where the amount of training data rises with size; its central values are medians over all laws that four points
allow, many of which flatten more than these losses do.

`

type byMixture struct {
	mixtures, held int
	off, same      []float64
	width          float64
}

// publishedByMixture predicts the largest size from the four smaller ones, with 0.3 %
// of noise, which losses of one training are not known without.
func publishedByMixture(t *testing.T, all []Observation, domains int) byMixture {
	t.Helper()
	lists := map[string][]Observation{}
	for _, o := range all {
		key := fmt.Sprintf("%.4f", o.Weights)
		lists[key] = append(lists[key], o)
	}
	out := byMixture{off: make([]float64, domains), same: make([]float64, domains)}
	for _, key := range slices.Sorted(maps.Keys(lists)) {
		list := lists[key]
		at := slices.IndexFunc(list, func(o Observation) bool { return o.Size > 1e9 })
		if at < 0 {
			continue
		}
		out.mixtures++
		for i := range domains {
			target := list[at].Losses[i]
			var points []Point
			for _, o := range list {
				if o.Size < 1e9 {
					points = append(points, Point{Size: o.Size, Value: o.Losses[i], SE: 0.003 * o.Losses[i]})
				}
			}
			l, err := Fit(points, Options{})
			if err != nil {
				t.Fatal(err)
			}
			p := l.Predict(list[at].Size)
			out.off[i] += math.Abs(p.Value/target - 1)
			out.same[i] += math.Abs(points[len(points)-1].Value/target - 1)
			out.width += (p.Hi - p.Lo) / 2 / target / float64(domains)
			if p.Lo <= target && target <= p.Hi {
				out.held++
			}
		}
	}
	for i := range domains {
		out.off[i] /= float64(out.mixtures)
		out.same[i] /= float64(out.mixtures)
	}
	out.width /= float64(out.mixtures)
	return out
}
