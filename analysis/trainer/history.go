package trainer

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
)

const (
	colEpoch    = "epoch"
	colSplit    = "split"
	colAccuracy = "accuracy"
	colTested   = "tested"
)

func historyColumn(name string) bool {
	return name == colEpoch || name == colDomain || name == colSplit || name == colLoss || name == colAccuracy || name == colTested
}

// mostHistory bounds the lines of a history.
const mostHistory = 1 << 20

// splitNames are the parts of the data as histories name them.
var splitNames = map[string]string{
	"train": layout.TrainSplit, "training": layout.TrainSplit,
	"val": layout.ValSplit, "valid": layout.ValSplit, "validation": layout.ValSplit,
}

// readHistory reads the learning curves that a program left, if it left any: columns, or
// keys of objects in a list, epoch, domain, split, loss, accuracy and tested, which is
// true for the epoch whose model was tested: the last one where nothing says it. epoch is
// that one, 0 without a history.
func readHistory(dir string, run study.Run) (rows []layout.HistoryRow, epoch int, err error) {
	path, err := oneOf(dir, "history.csv", "history.parquet", "history.json")
	if path == "" || err != nil {
		return nil, 0, err
	}
	x, err := historyFrame(path)
	if err != nil {
		return nil, 0, err
	}
	if rows, err = x.history(run); err != nil {
		return nil, 0, err
	}
	tested := map[int32]bool{}
	for row, r := range rows {
		epoch = max(epoch, int(r.Epoch))
		if x.has(colTested) && x.cols[colTested][row] != "" {
			said, err := x.truth(colTested, row)
			if err != nil {
				return nil, 0, err
			}
			if said {
				tested[r.Epoch] = true
			}
		}
	}
	if len(tested) > 1 {
		return nil, 0, bad("%s: %d epochs are said to have been tested; one is due", x.path, len(tested))
	}
	for e := range tested {
		epoch = int(e)
	}
	return rows, epoch, nil
}

// history takes the rows of learning curves.
func (x *frame) history(run study.Run) ([]layout.HistoryRow, error) {
	for _, name := range []string{colEpoch, colDomain, colSplit, colLoss} {
		if !x.has(name) && x.rows > 0 {
			return nil, bad("%s has no column %q; it has %s", x.path, name, strings.Join(x.names, ", "))
		}
	}
	known := map[string]bool{}
	for _, d := range run.Domains {
		known[d] = true
	}
	seen := map[string]bool{}
	var out []layout.HistoryRow
	for row := range x.rows {
		r := layout.HistoryRow{Domain: x.cols[colDomain][row]}
		r.Clear()
		if !known[r.Domain] {
			return nil, bad("%s: the run has no domain %q", x.place(row), r.Domain)
		}
		epoch, err := x.whole(colEpoch, row)
		if err != nil {
			return nil, err
		}
		if epoch < 1 || epoch > 1<<30 {
			return nil, bad("%s: epoch is %d; the first is 1", x.place(row), epoch)
		}
		r.Epoch = int32(epoch)
		split := x.cols[colSplit][row]
		if r.Split = splitNames[strings.ToLower(split)]; r.Split == "" {
			return nil, bad("%s: split %q is neither train nor validation", x.place(row), split)
		}
		key := fmt.Sprintf("epoch %d of %s, split %s,", epoch, r.Domain, r.Split)
		if seen[key] {
			return nil, bad("%s: %s occurs twice", x.place(row), key)
		}
		seen[key] = true
		if r.Loss, err = x.number(colLoss, row); err != nil {
			return nil, err
		}
		if x.has(colAccuracy) {
			if r.Accuracy, err = x.number(colAccuracy, row); err != nil {
				return nil, err
			}
		}
		out = append(out, r)
	}
	return out, nil
}

func historyFrame(path string) (*frame, error) {
	if filepath.Ext(path) != ".json" {
		return readFrame(path, historyColumn, mostHistory)
	}
	if err := regular(path); err != nil {
		return nil, err
	}
	x := &frame{path: filepath.Base(path), cols: map[string][]string{}}
	data, err := filelimit.ReadFile(path, filelimit.State)
	if err != nil {
		return nil, bad("%v", err)
	}
	var rows []map[string]any
	if err := filelimit.DecodeJSON(data, &rows); err != nil {
		return nil, bad("%s: %v; want a list of objects with epoch, domain, split and loss", x.path, err)
	}
	if len(rows) > mostHistory {
		return nil, x.tooMany(mostHistory)
	}
	for k, r := range rows {
		for name := range r {
			if !historyColumn(name) || x.has(name) {
				continue
			}
			x.names = append(x.names, name)
			x.cols[name] = make([]string, len(rows))
		}
		for name, column := range x.cols {
			switch v := r[name].(type) {
			case nil:
			case string:
				column[k] = v
			case bool:
				column[k] = strconv.FormatBool(v)
			case float64:
				text, _ := json.Marshal(v) // numbers of JSON are finite
				column[k] = string(text)
			default:
				return nil, bad("%s, entry %d: %s is no number, text, true or false", x.path, k+1, name)
			}
		}
	}
	x.rows = len(rows)
	return x, nil
}
