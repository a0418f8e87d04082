package filelimit

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
)

// Name is one of the limits.
type Name int

// The limits, in the order of [Table].
const (
	Pixels Name = iota
	Line
	Fields
	Rows
	Image
	Text
	Unpacked
	Page
	PageValues
	Document
	Levels
	Keys
	State
	Objects
	Model
	Nodes
	count
)

// Entry describes a limit.
type Entry struct {
	Key     string // in a study file and on the command line
	Default int64
	Doc     string
	// Data says that it is about data, and that a study file may raise it.
	Data bool
}

// Table lists the limits by their names.
var Table = [count]Entry{
	Pixels:     {"pixels", 1 << 27, "Pixels of one image.", true},
	Line:       {"line", 1 << 25, "Bytes of one line of text, or of one row that goes over several lines in quotes, or is an object in JSON.", true},
	Fields:     {"fields", 1 << 22, "Fields of one row of a table.", true},
	Rows:       {"rows", 1 << 26, "Rows or samples whose number the head of a file states.", true},
	Image:      {"image", 1 << 29, "Bytes of one image file.", true},
	Text:       {"text", 1 << 26, "Bytes of one file of text that is a sample, or of one tokenizer.", true},
	Unpacked:   {"unpacked", 1 << 32, "Bytes that one array becomes when it is unpacked.", true},
	Page:       {"page", 1 << 29, "Bytes that one page of a Parquet file becomes when it is unpacked.", true},
	PageValues: {"page_values", 1 << 25, "Values of one page of a Parquet file.", true},
	Document:   {"document", 1 << 21, "Bytes of a study file, of rules, prices or labels.", false},
	Levels:     {"levels", 100, "Levels of lists and mappings in one another in a study file, rules or prices.", false},
	Keys:       {"keys", 10000, "Keys of one mapping in a study file, rules or prices.", false},
	State:      {"state", 1 << 28, "Bytes of one JSON file of a study's folder.", false},
	Objects:    {"objects", 1 << 21, "Objects in one JSON file of a study's folder.", false},
	Model:      {"model", 1<<31 - 1, "Bytes of one ONNX file, without the files beside it.", false},
	Nodes:      {"nodes", 1 << 22, "Nodes, tensors, attributes and other parts of one ONNX file.", false},
}

// Named finds a limit by its key.
func Named(key string) (Name, bool) {
	for n, e := range Table {
		if e.Key == key {
			return Name(n), true
		}
	}
	return 0, false
}

// Limits are limits by their names. Zero stands for the default of the process.
type Limits [count]int64

var process atomic.Pointer[Limits]

// SetDefault makes l the limits of the process: those of everything that states
// none. Zero stands for the entry of [Table].
func SetDefault(l Limits) { process.Store(&l) }

// Of is a limit as it holds.
func (l Limits) Of(n Name) int64 {
	if l[n] != 0 {
		return l[n]
	}
	if p := process.Load(); p != nil && p[n] != 0 {
		return p[n]
	}
	return Table[n].Default
}

// Check is nil where found is within a limit; what says what has so many, such
// as "an image of 9 by 9 pixels".
func (l Limits) Check(n Name, found int64, what string) error {
	if most := l.Of(n); found > most || found < 0 {
		return &Error{Name: n, Limit: most, What: what}
	}
	return nil
}

// Error is about a file that asks for more than a limit.
type Error struct {
	Name  Name
	Limit int64
	What  string // what asks for it
}

// Error says what asks for too much, and which limit is to be raised.
func (e *Error) Error() string {
	if entry := Table[e.Name]; entry.Data {
		return fmt.Sprintf("%s; the limit is %d, and limits.%s raises it", e.What, e.Limit, entry.Key)
	}
	return fmt.Sprintf("%s; the limit %q is %d", e.What, Table[e.Name].Key, e.Limit)
}

// String lists what is not zero, as [Limits.Set] takes it.
func (l *Limits) String() string {
	var out []string
	for n, v := range l {
		if v != 0 {
			out = append(out, fmt.Sprintf("%s=%d", Table[n].Key, v))
		}
	}
	return strings.Join(out, ",")
}

// units are the powers of two that a number may end with.
var units = []struct {
	name  string
	shift uint
}{{"K", 10}, {"M", 20}, {"G", 30}, {"T", 40}}

// Set takes "pixels=300M,line=1G": names of [Table] with whole numbers, which
// may end with K, M, G or T for 2 to the power 10, 20, 30 or 40.
func (l *Limits) Set(text string) error {
	for part := range strings.SplitSeq(text, ",") {
		key, number, _ := strings.Cut(strings.TrimSpace(part), "=")
		n, ok := Named(key)
		if !ok {
			return fmt.Errorf("no limit is called %q; there are %s", key, list())
		}
		upper, shift := strings.ToUpper(strings.TrimSpace(number)), uint(0)
		for _, u := range units {
			if rest, ok := strings.CutSuffix(upper, u.name); ok {
				upper, shift = rest, u.shift
				break
			}
		}
		v, err := strconv.ParseInt(upper, 10, 64)
		if err != nil || v < 1 || v > 1<<62>>shift {
			return fmt.Errorf("limit %s: %q is not a whole number from 1, such as 5000 or 300M", key, number)
		}
		l[n] = v << shift
	}
	return nil
}

// Type is what help calls the value of a flag.
func (l *Limits) Type() string { return "NAME=N" }

// list names them for messages.
func list() string {
	var out []string
	for _, e := range Table {
		out = append(out, e.Key)
	}
	return strings.Join(out, ", ")
}
