package evaluate

import (
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/losses"
)

// judgeClasses appends what scores, [rows, outputs], say of samples: the loss
// is −log softmax(scores) at the sample's class. index is the output of every
// class of the domain.
func judgeClasses(t *losses.Table, s *dataset.Split, rows []int, scores []float32, index []int) {
	outputs := len(scores) / len(rows)
	for k, i := range rows {
		row := scores[k*outputs : (k+1)*outputs]
		best := 0
		for j, v := range row {
			if v > row[best] {
				best = j
			}
		}
		sum := 0.0
		for _, v := range row {
			sum += math.Exp(float64(v) - float64(row[best]))
		}
		label := s.Label(i)
		class := slices.Index(index, best)
		t.Loss = append(t.Loss, float32(math.Log(sum)+float64(row[best])-float64(row[index[label]])))
		t.Correct = append(t.Correct, class == label)
		t.Label = append(t.Label, int32(label))
		t.Prediction = append(t.Prediction, float32(class))
		t.Confidence = append(t.Confidence, float32(1/sum))
	}
}

// besideZero makes two scores of the one of a binary task: softmax over 0 and z
// is the sigmoid of z.
func besideZero(scores []float32) []float32 {
	out := make([]float32, 2*len(scores))
	for i, z := range scores {
		out[2*i+1] = z
	}
	return out
}

// judgeValues appends what outputs in the model's standard units say of
// samples: the loss is the mean over known targets of the squared difference in
// standard units of the domain; prediction and target are the first target's,
// in its own units.
func (m *Model) judgeValues(t *losses.Table, d *dataset.Domain, s *dataset.Split, rows []int, scores []float32, index []int) {
	outputs := len(scores) / len(rows)
	want := make([]float32, len(index))
	for k, i := range rows {
		s.RawTargets(i, want)
		loss, known := 0.0, 0
		for j, o := range index {
			got := float64(scores[k*outputs+o])*float64(m.about.TargetStd[o]) + float64(m.about.TargetMean[o])
			e := (got - float64(want[j])) / float64(d.TargetNorm.Std[j])
			if !math.IsNaN(e) {
				loss += e * e
				known++
			}
			if j == 0 {
				t.Prediction = append(t.Prediction, float32(got))
				t.Target = append(t.Target, want[j])
			}
		}
		t.Loss = append(t.Loss, float32(loss/float64(known)))
	}
}
