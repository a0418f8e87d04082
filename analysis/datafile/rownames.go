package datafile

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

// NamesRows is rowNames with the columns that pandas says are the index.
func NamesRows(column string, index []string) bool {
	return unnamed.MatchString(column) || slices.Contains(index, column)
}

// RowNamesLeftOut says which columns were left out as names of the rows. Each is
// its position, from 0.
func RowNamesLeftOut(columns []string, left []int) string {
	var names []string
	for _, j := range left {
		if columns[j] == "" {
			names = append(names, fmt.Sprintf("column %d, without a name", j+1))
		} else {
			names = append(names, fmt.Sprintf("%q", columns[j]))
		}
	}
	return "left out as names or numbers of the rows: " + strings.Join(names, ", ")
}

// PandasIndex lists the columns that are the index of the table by what pandas
// writes into the metadata of a file: index_columns has the names of columns,
// and descriptions of indices that are not stored.
func PandasIndex(file *parquet.File) []string {
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
