package measures

// Names of measures that code asks for.
const (
	Correct  = "correct"
	Balanced = "balanced"
	AUC      = "auc"
	Loss     = "loss"
)

// All are the measures, in the order in which help lists them.
var All = []Measure{
	{
		Name: Correct, Setting: "error", Effects: Correct, Needs: Answers,
		Metric: Metric{
			Name: "error", Title: "errors", Word: "errors", Counted: true,
			Rises: "accuracy", Percent: true, Faultless: "make no error",
		},
		Doc: "counts answers that are right or wrong",
	},
	{
		Name: Balanced, Setting: Balanced, Effects: Correct, Needs: Answers | Classes, Alike: true, Figure: "balanced_accuracy",
		Metric: Metric{
			Name: "balanced_error", Title: "the balanced error", Word: "balanced error",
			Note: "in which every class counts the same", Rises: "balanced accuracy", Percent: true, Faultless: "make no error",
		},
		Doc:  "does so class by class, every class counting the same",
		Help: "every class counts the same",
	},
	{
		Name: AUC, Setting: AUC, Effects: Correct, Needs: Classes | Scores, Alike: true, Figure: "auc",
		Metric: Metric{
			Name: "auc", Title: "1 − AUC", Word: "misranked pairs", Counted: true,
			Note: "1 − AUC, pairs of a positive and a negative sample in the wrong order", Rises: "AUC", Faultless: "rank all samples in the right order",
		},
		Doc:  "reduces 1 - AUC, of two classes, and asks how well samples are ranked, not where they are divided",
		Help: "how two classes are ranked",
	},
	{
		Name: Loss, Setting: Loss, Effects: Loss, Needs: Losses,
		Metric: Metric{Name: "loss", Title: "the mean loss", Word: "loss"},
		Doc:    "adds up losses",
	},
}

// SquaredError is the metric of regression, whose losses are squared errors: it
// is measured by Loss.
var SquaredError = Metric{Name: "mse", Title: "the mean squared error", Word: "squared error"}
