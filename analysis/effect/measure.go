package effect

// What effects and gains rest on.
const (
	// MeasureCorrect: transfer and interference count samples by correctness,
	// gains reduce the share of wrong ones.
	MeasureCorrect = "correct"
	// MeasureLoss: transfer and interference add up changes of the samples'
	// losses, in their units; accuracy and Changed are NaN. Gains reduce the
	// mean loss.
	MeasureLoss = "loss"
	// MeasureAUC: gains reduce 1-AUC, of two classes. Transfer and interference
	// count samples by correctness.
	MeasureAUC = "auc"
	// MeasureBalanced: gains reduce the balanced error, in which every class
	// counts the same. Transfer and interference count samples by correctness.
	MeasureBalanced = "balanced"
)

// measures are all of them.
var measures = []string{MeasureCorrect, MeasureLoss, MeasureAUC, MeasureBalanced}

// onAnswers is what effects rest on where gains rest on the given measure:
// what a single answer is worth in AUC or in the balanced error depends on the
// answers to others, and transfer and interference are about single answers.
func onAnswers(measure string) string {
	if measure == MeasureAUC || measure == MeasureBalanced {
		return MeasureCorrect
	}
	return measure
}
