package train

import "github.com/sharewise/sharewise/analysis/layout"

// The folder of a study, as package layout has it.
type (
	Folder     = layout.Folder
	RunFolder  = layout.RunFolder
	Spec       = layout.Spec
	Done       = layout.Done
	Status     = layout.Status
	HistoryRow = layout.HistoryRow
	Lock       = layout.Lock
)

// What package layout says of runs.
const (
	Finished      = layout.Finished
	Diverged      = layout.Diverged
	TrainSplit    = layout.TrainSplit
	ValSplit      = layout.ValSplit
	GradientSplit = layout.GradientSplit
)

// WriteJSON is that of package layout.
func WriteJSON(path string, v any) error { return layout.WriteJSON(path, v) }

// ReadHistory is that of package layout.
func ReadHistory(path string) ([]HistoryRow, error) { return layout.ReadHistory(path) }
