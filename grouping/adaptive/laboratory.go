package adaptive

import (
	"context"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/affinity"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// laboratory does what decisions ask for. Decisions know nothing else of how runs
// come about.
type laboratory interface {
	// train trains the runs of the project's plan.
	train(context.Context, project.TrainOptions) error
	// study hands out what came of them.
	study() (analysis.Study, error)
	// alike says, from what was trained and without a look at test samples, which
	// domains may belong together; nil where nothing can be said.
	alike(context.Context) (affinity.Estimator, error)
	// conclude leaves results and groups to others.
	conclude(grouping.Selection) error
}

// trainer is a laboratory that trains models, with everything in a study's folder.
type trainer struct {
	project *project.Project
	backend exec.Backend
	folder  layout.Folder
	rung    string // that the decision is about
}

func (t *trainer) train(ctx context.Context, o project.TrainOptions) error {
	_, err := t.project.Train(ctx, t.backend, t.folder, o)
	return err
}

func (t *trainer) study() (analysis.Study, error) { return analysis.OpenFolder(t.folder) }

func (t *trainer) conclude(of grouping.Selection) error {
	return grouping.ConcludeFolder(t.folder, grouping.Options{Version: project.Version, Selection: of, Seed: groupSeed})
}
