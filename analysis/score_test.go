package analysis

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/losses"
)

// TestTallyOfKinds checks that unknown first targets do not spoil R², and that
// samples with several labels are no class of their own.
func TestTallyOfKinds(t *testing.T) {
	nan := float32(math.NaN())
	values := &losses.Table{
		Loss: []float32{1, 1, 1}, Prediction: []float32{1, 5, 3}, Target: []float32{1, nan, 4},
		More: []losses.Output{{Prediction: []float32{0, 0, 0}, Target: []float32{1, 2, 3}}},
	}
	labels := &losses.Table{
		Loss: []float32{1, 1}, Correct: []bool{true, false}, Label: []int32{losses.LabelMultilabel, losses.LabelMultilabel},
		Prediction: []float32{0.9, 0.9}, Target: []float32{1, 0},
	}
	var v, l tally
	for i := range values.Len() {
		v.add(values, i)
	}
	for i := range labels.Len() {
		l.add(labels, i)
	}
	// 1 - Σ(f-y)²/Σ(y-ȳ)² over the two known values 1 and 4 of the first target,
	// and over 1, 2 and 3 of the second, of which all are predicted as 0.
	first, second := 1-1/4.5, 1-14./2
	s := scoreOf([]*tally{&v}, .95)
	if len(s.Targets) != 2 || !near(s.Targets[0].R2.Value, first) || !near(s.Targets[1].R2.Value, second) || !near(s.R2.Value, (first+second)/2) {
		t.Errorf("R² is %v of %+v", s.R2, s.Targets)
	}
	if !near(s.Targets[0].MAE.Value, 0.5) || !near(s.Targets[1].MAE.Value, 2) || !near(s.MAE.Value, 1.25) {
		t.Errorf("mean absolute error is %v of %+v", s.MAE, s.Targets)
	}
	s = scoreOf([]*tally{&l}, .95)
	if !s.ExactMatch.Known() || s.ExactMatch.Value != 0.5 || s.Accuracy.Known() || s.BalancedAccuracy.Known() {
		t.Errorf("several labels: exact match %v, accuracy %v, balanced %v", s.ExactMatch, s.Accuracy, s.BalancedAccuracy)
	}
}

// float is what a file says of a number: NaN for null.
func float(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

// nullAsNaN turns what JSON has no number for, null, into NaN.
func nullAsNaN(v []*float64) []float32 {
	out := make([]float32, len(v))
	for i := range v {
		out[i] = float32(float(v[i]))
	}
	return out
}

// TestScoresAgainstPeer compares scores with those of scikit-learn, of samples
// with tied ranks and unknown labels and targets.
func TestScoresAgainstPeer(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "testdata", "losses", "metrics.json"))
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Cases []struct {
			Name, Task string
			// By output.
			Target     [][]*float64
			Prediction [][]*float64
			// Figures by the names in Score, and by output.
			Scores  map[string]float64
			Outputs []map[string]*float64
		}
	}
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	tasks := map[string]bool{}
	for _, c := range golden.Cases {
		tasks[c.Task] = true
		n := len(c.Target[0])
		table := &losses.Table{Loss: make([]float32, n)}
		domain := DomainInfo{Name: "d", Task: c.Task, Outputs: len(c.Target)}
		if c.Task == "binary" {
			for i, p := range nullAsNaN(c.Prediction[0]) {
				class, confidence := float32(0), 1-p
				if p > 0.5 {
					class, confidence = 1, p
				}
				label := int32(*c.Target[0][i])
				table.Prediction, table.Confidence = append(table.Prediction, class), append(table.Confidence, confidence)
				table.Label, table.Correct = append(table.Label, label), append(table.Correct, label == int32(class))
			}
		} else {
			table.Prediction, table.Target = nullAsNaN(c.Prediction[0]), nullAsNaN(c.Target[0])
			for k := 1; k < len(c.Target); k++ {
				table.More = append(table.More, losses.Output{Prediction: nullAsNaN(c.Prediction[k]), Target: nullAsNaN(c.Target[k])})
			}
			for i := range n {
				label, right := int32(losses.LabelRegression), false
				if c.Task == "multilabel" {
					label, right = losses.LabelMultilabel, true
					for _, o := range table.Outputs() {
						right = right && (o.Target[i] != o.Target[i] || (o.Prediction[i] > 0.5) == (o.Target[i] > 0.5))
					}
				}
				table.Label, table.Correct = append(table.Label, label), append(table.Correct, right)
			}
		}
		one := domain.tally()
		for i := range n {
			one.add(table, i)
		}
		s := scoreOf([]*tally{one}, .95)
		for name, want := range c.Scores {
			got := s.Metric(name)
			if !got.Known() || math.Abs(got.Value-want) > 1e-12 {
				t.Errorf("%s: %s is %v, scikit-learn says %v", c.Name, name, got, want)
			}
		}
		if len(c.Outputs) != len(s.Targets)+len(s.Labels) {
			t.Fatalf("%s: %d targets and %d labels, want %d in all", c.Name, len(s.Targets), len(s.Labels), len(c.Outputs))
		}
		same := func(k int, name string, got effect.Interval) {
			want := float(c.Outputs[k][name])
			if math.IsNaN(got.Value) != math.IsNaN(want) || math.Abs(got.Value-want) > 1e-12 {
				t.Errorf("%s, output %d: %s is %v, scikit-learn says %v", c.Name, k, name, got.Value, want)
			}
		}
		for k, o := range s.Targets {
			same(k, "r2", o.R2)
			same(k, "mae", o.MAE)
		}
		for k, o := range s.Labels {
			same(k, "auc", o.AUC)
			same(k, "average_precision", o.AveragePrecision)
		}
	}
	if len(tasks) != 3 {
		t.Errorf("tasks %v", tasks)
	}
}

// TestScoresLeaveOut checks what is said of test samples that a figure cannot be
// computed from.
func TestScoresLeaveOut(t *testing.T) {
	nan := float32(math.NaN())
	labels := []int32{losses.LabelMultilabel, losses.LabelMultilabel, losses.LabelMultilabel}
	for _, c := range []struct {
		name   string
		domain DomainInfo
		table  *losses.Table
		auc    float64 // NaN: unknown
		doubt  string
	}{
		{"one class", DomainInfo{Name: "d", Task: "binary", Outputs: 1},
			&losses.Table{Correct: []bool{true, false}, Label: []int32{0, 0}, Prediction: []float32{0, 1}, Confidence: []float32{0.9, 0.6}},
			math.NaN(), "d: all test samples are of one class"},
		{"no confidence", DomainInfo{Name: "d", Task: "binary", Outputs: 1},
			&losses.Table{Correct: []bool{true, true}, Label: []int32{0, 1}, Prediction: []float32{0, 1}},
			math.NaN(), ""},
		{"two classes", DomainInfo{Name: "d", Task: "classification", Outputs: 2},
			&losses.Table{Correct: []bool{true, true}, Label: []int32{0, 1}, Prediction: []float32{0, 1}, Confidence: []float32{0.9, 0.6}},
			1, ""},
		{"a third class without test samples", DomainInfo{Name: "d", Task: "classification", Outputs: 3},
			&losses.Table{Correct: []bool{true, true}, Label: []int32{0, 1}, Prediction: []float32{0, 1}, Confidence: []float32{0.9, 0.6}},
			math.NaN(), ""},
		{"a third class in a table from elsewhere", DomainInfo{},
			&losses.Table{Correct: []bool{true, true, false}, Label: []int32{0, 1, 1}, Prediction: []float32{0, 1, 2}, Confidence: []float32{0.9, 0.6, 0.5}},
			math.NaN(), ""},
		{"labels of one class", DomainInfo{Name: "d", Task: "multilabel", Outputs: 3, Names: []string{"worn", "hot", "loose"}},
			&losses.Table{Correct: []bool{true, false, true}, Label: labels, Prediction: []float32{0.2, 0.7, 0.7}, Target: []float32{0, 1, 0}, More: []losses.Output{
				{Prediction: []float32{0.1, 0.2, 0.3}, Target: []float32{1, nan, 1}}, {Prediction: []float32{0.1, 0.2, 0.3}, Target: []float32{nan, nan, nan}},
			}},
			0.75, "leave out labels whose known test samples are not of both classes: hot, loose"},
		{"a constant target", DomainInfo{Name: "d", Task: "regression", Outputs: 2, Names: []string{"flow", "heat"}},
			&losses.Table{Prediction: []float32{1, 2}, Target: []float32{1, 2}, More: []losses.Output{{Prediction: []float32{1, 2}, Target: []float32{5, 5}}}},
			math.NaN(), "d: R² leaves out targets whose known test values do not vary: heat"},
		{"nothing known of a sample", DomainInfo{Name: "d", Task: "multilabel", Outputs: 1},
			&losses.Table{Correct: []bool{true, false, true}, Label: labels, Prediction: []float32{0.2, 0.7, 0.7}, Target: []float32{0, 1, nan}},
			1, ""},
	} {
		one := c.domain.tally()
		c.table.Loss = make([]float32, max(len(c.table.Correct), len(c.table.Target)))
		for i := range c.table.Len() {
			one.add(c.table, i)
		}
		s := scoreOf([]*tally{one}, .95)
		auc := math.NaN()
		if s.AUC.Known() {
			auc = s.AUC.Value
		}
		if math.IsNaN(auc) != math.IsNaN(c.auc) || math.Abs(auc-c.auc) > 1e-12 || (!s.AUC.Known()) != (!s.AveragePrecision.Known()) {
			t.Errorf("%s: AUC %v, want %v; average precision %v", c.name, auc, c.auc, s.AveragePrecision)
		}
		if got := c.domain.doubt(one.figures()); !strings.Contains(got, c.doubt) || (got == "") != (c.doubt == "") {
			t.Errorf("%s: doubt %q, want %q", c.name, got, c.doubt)
		}
		if s.BalancedAccuracy.Known() && c.domain.Task == "multilabel" {
			t.Errorf("%s: a balanced accuracy of %v", c.name, s.BalancedAccuracy.Value)
		}
	}
}

// Scores of several targets and labels have rows of their own in the tables.
func TestOutputRows(t *testing.T) {
	turbine, faults := NewScore(Key{Arm: "joint", Rung: "w1", Domain: "turbine"}), NewScore(Key{Arm: "joint", Rung: "w1", Domain: "faults"})
	turbine.Targets = []TargetScore{
		{"flow", effect.Interval{Value: 0.5, Lo: 0.4, Hi: 0.6}, effect.Interval{Value: 3, Lo: 2, Hi: 4}},
		{"heat", effect.Unknown(), effect.Interval{Value: 5, Lo: 4, Hi: 6}},
	}
	faults.AUC = effect.Interval{Value: 0.75, Lo: 0.7, Hi: 0.8}
	faults.Labels = []LabelScore{{"worn", effect.Interval{Value: 0.8, Lo: 0.7, Hi: 0.9}, effect.Interval{Value: 0.3, Lo: 0.2, Hi: 0.4}}}
	r := &Results{Rungs: []string{"w1"}, Scores: []Score{turbine, faults}}
	rows := r.outputRows()
	if len(rows) != 3 {
		t.Fatalf("%d rows", len(rows))
	}
	if x := rows[0]; x.Domain != "turbine" || x.Output != "flow" || x.R2 != 0.5 || x.MAEHi != 4 || !math.IsNaN(x.AUC) {
		t.Errorf("flow: %+v", x)
	}
	if x := rows[1]; x.Output != "heat" || !math.IsNaN(x.R2) || x.MAE != 5 {
		t.Errorf("heat: %+v", x)
	}
	if x := rows[2]; x.Output != "worn" || x.AUCLo != 0.7 || x.Precision != 0.3 || !math.IsNaN(x.MAE) {
		t.Errorf("worn: %+v", x)
	}
	if x := r.summaryRows()[1]; x.AUC != 0.75 || x.AUCHi != 0.8 || !math.IsNaN(x.Precision) || !math.IsNaN(x.ExactMatch) {
		t.Errorf("faults: %+v", x)
	}
}

// AUC as scores have it and AUC as gains reduce it are the same figure.
func TestRanksOfScoresAndGains(t *testing.T) {
	label := []int32{1, 0, 0, 1, 0, 0, 1, 0, 0, 0}
	score := []float32{.9, .8, .1, .4, .4, .3, .7, .2, .75, .05}
	runs := effect.Runs{Domain: "d", Seeds: []int64{1}, Samples: 10, Label: label, Score: [][]float32{score}}
	var rank ranking
	for i, s := range score {
		rank.add(s, label[i] == 1)
	}
	want, _, _ := rank.areas()
	if got := runs.AUC(.95).Value; math.Abs(got-want) > 1e-6 {
		t.Errorf("AUC %v of runs, %v of ranks", got, want)
	}
}
