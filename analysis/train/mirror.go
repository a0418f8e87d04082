package train

import (
	"context"

	"github.com/sharewise/sharewise/analysis/layout"
)

// Mirror is where other machines see the runs of a folder, where that is not the folder itself.
type Mirror interface {
	// Begin is called before runs are trained.
	Begin(ctx context.Context) error
	// Fetch brings into the folder of a run, whose claim this process has just taken, what
	// others have left of it: its results if it has ended, else its last checkpoint.
	Fetch(ctx context.Context, dir layout.RunFolder) error
	// Checkpoint is told of each new checkpoint, and may pass over some. final is the last
	// one of a process that stops.
	Checkpoint(ctx context.Context, dir layout.RunFolder, final bool) error
	// Published reports whether others have been shown the results that the folder has.
	Published(dir layout.RunFolder) bool
	// Publish shows others the results of a run that has ended, unless they have been shown
	// them. confirm makes sure that this process still holds the run.
	Publish(ctx context.Context, dir layout.RunFolder, confirm func() error) error
}
