package inspection

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/sharewise/sharewise/analysis/dataset"
)

// Balance counts the classes of a domain by split.
type Balance struct {
	Classes []ClassCount `json:"counts"`
	// Ratio is the size of the largest class in training by that of the
	// smallest.
	Ratio float64 `json:"ratio"`
	// Effective is the effective number of classes in training: exp of the
	// Shannon entropy of their shares, the Hill number of order 1 (Hill 1973).
	// Equal shares give the number of classes.
	Effective float64 `json:"effective"`
	// Majority is the accuracy on test data of a model that always names the
	// largest class of training.
	Majority float64 `json:"majority"`
	// Shift is the total variation distance between the shares of classes in
	// training and in testing: half the sum of absolute differences, 0 to 1.
	Shift float64 `json:"shift"`
	// ShiftP is the p-value of Pearson's chi-squared test that both splits draw
	// their classes from the same shares.
	ShiftP float64 `json:"shift_p"`
}

// ClassCount is the number of samples of a class by split.
type ClassCount struct {
	Class      string `json:"class"`
	Train      int    `json:"train"`
	Validation int    `json:"validation"`
	Test       int    `json:"test"`
}

// balanceOf returns nil where samples have no class.
func balanceOf(d *dataset.Domain) *Balance {
	if len(d.Task.Classes) == 0 {
		return nil
	}
	counts := make([][3]int, len(d.Task.Classes))
	for p, s := range splitsOf(d) {
		for i := range s.Len() {
			counts[s.Label(i)][p]++
		}
	}
	b := &Balance{}
	nTrain, nTest := float64(d.Train.Len()), float64(d.Test.Len())
	entropy, largest, smallest := 0.0, 0, 0
	for k, n := range counts {
		b.Classes = append(b.Classes, ClassCount{d.Task.Classes[k], n[train], n[val], n[test]})
		p, q := float64(n[train])/nTrain, float64(n[test])/nTest
		if p > 0 {
			entropy -= p * math.Log(p)
		}
		b.Shift += math.Abs(p-q) / 2
		if n[train] > counts[largest][train] {
			largest = k
		}
		if n[train] < counts[smallest][train] {
			smallest = k
		}
	}
	b.ShiftP = homogeneity(counts)
	b.Effective = math.Exp(entropy)
	b.Ratio = float64(counts[largest][train]) / math.Max(1, float64(counts[smallest][train]))
	b.Majority = float64(counts[largest][test]) / nTest
	return b
}

// homogeneity is the p-value of Pearson's chi-squared test on the counts of
// classes in training and testing.
func homogeneity(counts [][3]int) float64 {
	var total [2]float64
	classes := 0
	for _, n := range counts {
		total[0] += float64(n[train])
		total[1] += float64(n[test])
		if n[train]+n[test] > 0 {
			classes++
		}
	}
	x, all := 0.0, total[0]+total[1]
	for _, n := range counts {
		both := float64(n[train] + n[test])
		for k, observed := range []int{n[train], n[test]} {
			if expected := both * total[k] / all; expected > 0 {
				x += (float64(observed) - expected) * (float64(observed) - expected) / expected
			}
		}
	}
	if classes < 2 {
		return 1
	}
	return distuv.ChiSquared{K: float64(classes - 1)}.Survival(x)
}
