package dataset

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"
)

// unnamed are the names that programs give to a column without one: the row
// names of pandas and R that were written with the table.
var unnamed = regexp.MustCompile(`^(|Unnamed: [0-9]+(_level_[0-9]+)?|__index_level_[0-9]+__|\.\.\.[0-9]+)$`)

// rowNames reports whether a column names or numbers the rows: it has no name
// of its own, or pandas says that it is the index of the table. Where rows are
// sorted, such a column tells what is to be predicted.
func (t *table) rowNames(column string) bool {
	return unnamed.MatchString(column) || slices.Contains(t.index, column)
}

// noteRowNames says which columns were left out for that. Each is its position,
// from 0.
func (t *table) noteRowNames(columns []string, left []int) {
	if len(left) == 0 {
		return
	}
	var names []string
	for _, j := range left {
		if columns[j] == "" {
			names = append(names, fmt.Sprintf("column %d, without a name", j+1))
		} else {
			names = append(names, fmt.Sprintf("%q", columns[j]))
		}
	}
	t.noteOnce("left out as names or numbers of the rows: " + strings.Join(names, ", "))
}

// pandasIndex lists the columns that are the index of the table by what pandas
// writes into the metadata of a file: index_columns has the names of columns,
// and descriptions of indices that are not stored.
func pandasIndex(file *parquet.File) []string {
	text, ok := file.Lookup("pandas")
	if !ok {
		return nil
	}
	var meta struct {
		Index []json.RawMessage `json:"index_columns"`
	}
	if json.Unmarshal([]byte(text), &meta) != nil {
		return nil // written by something else
	}
	var out []string
	for _, raw := range meta.Index {
		var name string
		if json.Unmarshal(raw, &name) == nil {
			out = append(out, name)
		}
	}
	return out
}
