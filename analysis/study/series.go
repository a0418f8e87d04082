package study

import (
	"cmp"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Window is the common shape of the windows that series are cut into.
type Window struct {
	Length   int     // samples of a window
	Channels int     // signals side by side
	Rate     float64 // samples per second, to which every domain is resampled; 0: as they are
}

// Series says how a domain's signals are stored, cut and labelled.
type Series struct {
	Type      string  // of the stored samples, or csv; empty: by the file's ending
	ByteOrder string  // little or big
	Rate      float64 // samples per second in the files; 0: not said
	Stride    int     // samples from one window to the next, at the common rate; 0: the length of a window
	Class     string  // regular expression on a file's name whose first submatch is the class
	Index     *Index  // table of files
	Rule      string  // how rows label a window: agree, last, majority
	Horizon   int     // samples from a window's last to its target
	Block     int     // windows' lengths in a block of a random split
}

// Index is a table that lists the files of a domain, and what they are.
type Index struct {
	Path   string
	File   string            // column with names of files, from the folder of data
	Class  string            // column with their classes
	Group  string            // column with their groups; empty for none
	Header *bool             // whether the first line names the columns; else they are column1, column2 and so on; nil: it does
	Where  map[string]string // rows of the domain: those with these values
}

// The types of stored samples.
const (
	CSVSamples = "csv"
	WAV        = "wav"
	Float32    = "float32"
	Float64    = "float64"
	Int8       = "int8"
	Uint8      = "uint8"
	Int16      = "int16"
	Int32      = "int32"
)

// The rules by which the labels of a window's rows label the window.
const (
	Agree    = "agree"
	Last     = "last"
	Majority = "majority"
)

var windowFields = []field{
	{key: "window", doc: "Samples of a window.", typ: integer(1, 1<<20), note: "must be given for series",
		at: at(func(w *Window) *int { return &w.Length })},
	{key: "channels", doc: "Signals side by side: columns of a table, interleaved samples of a raw file.", typ: integer(1, 4096), def: "1",
		at: at(func(w *Window) *int { return &w.Channels })},
	{key: "rate", doc: "Samples per second that all domains are resampled to, with a filter against aliasing where the rate falls.", typ: positive(), note: "no resampling",
		at: at(func(w *Window) *float64 { return &w.Rate })},
}

var seriesFields = []field{
	{key: "type", doc: "How samples are stored: csv, a table with a row per moment; wav; or raw numbers, channels interleaved.", typ: choice(CSVSamples, WAV, Float32, Float64, Int8, Uint8, Int16, Int32), note: "by the ending: .csv .tsv .txt, .wav, .f32 .f64 .i8 .u8 .i16 .i32",
		at: at(func(s *Series) *string { return &s.Type })},
	{key: "byte_order", doc: "Order of the bytes of raw numbers.", typ: choice("little", "big"), def: "little",
		at: at(func(s *Series) *string { return &s.ByteOrder })},
	{key: "rate", doc: "Samples per second in the files.", typ: positive(), note: "what WAV files say; needed for others where input.series.rate is given",
		at: at(func(s *Series) *float64 { return &s.Rate })},
	{key: "stride", doc: "Samples from the beginning of one window to that of the next, after resampling.", typ: integer(1, 1<<30), note: "the length of a window, so that windows do not overlap",
		at: at(func(s *Series) *int { return &s.Stride })},
	{key: "class", doc: "Regular expression on a file's name whose first parenthesis is the class: '^([^_]+)_' takes what stands before the first '_'. Names start below the folder of data.", typ: text(), note: "the folder that a file is in, unless index or columns.label say it",
		at: at(func(s *Series) *string { return &s.Class })},
	{key: "index", doc: "Table that lists the files of the domain and their classes.", typ: optional[Index](object(indexFields).or("path")),
		at: at(func(s *Series) **Index { return &s.Index })},
	{key: "rule", doc: "Class of a window by columns.label: agree, where all its rows do, others are left out; last, of its last row; majority, of most rows.", typ: choice(Agree, Last, Majority), def: "agree",
		at: at(func(s *Series) *string { return &s.Rule })},
	{key: "horizon", doc: "For columns.targets: rows from the last of a window to the one whose targets are predicted; 0 predicts its last row.", typ: integer(0, 1<<30), def: "0",
		at: at(func(s *Series) *int { return &s.Horizon })},
	{key: "block", doc: "For overlapping windows split at random: lengths of a window in the blocks that go to training, validation or testing whole.", typ: integer(2, 1<<20), def: "10",
		at: at(func(s *Series) *int { return &s.Block })},
}

var indexFields = []field{
	{key: "path", doc: "File of the table.", typ: text(),
		at: at(func(x *Index) *string { return &x.Path })},
	{key: "file", doc: "Column with the names of files, which start in the folder that data names. Names without an ending, and of files in folders below, are found where only one file has them.", typ: text(), def: "file",
		at: at(func(x *Index) *string { return &x.File })},
	{key: "class", doc: "Column with the class of each file.", typ: text(), def: "class",
		at: at(func(x *Index) *string { return &x.Class })},
	{key: "group", doc: "Column whose values must not be torn apart between training and test.", typ: text(),
		at: at(func(x *Index) *string { return &x.Group })},
	{key: "header", doc: "Whether the first line names the columns. Without one they are column1, column2 and so on.", typ: flag(), note: "true",
		at: at(func(x *Index) **bool { return &x.Header })},
	{key: "where", doc: "Rows of this domain, where one index lists several.", typ: texts(),
		at: at(func(x *Index) *map[string]string { return &x.Where })},
}

// takesSeries reports whether the input is series, before defaults are filled
// in.
func (s *Study) takesSeries() bool {
	if s.Input.Kind != "" {
		return s.Input.Kind == SeriesInput
	}
	return s.Input.Series != nil || slices.ContainsFunc(s.Domains, func(d Domain) bool { return d.Format == SeriesFormat })
}

// rawEndings are the types of samples by the ending of a file's name.
var rawEndings = map[string]string{
	".csv": CSVSamples, ".tsv": CSVSamples, ".tab": CSVSamples, ".txt": CSVSamples, ".wav": WAV,
	".f32": Float32, ".f64": Float64, ".i8": Int8, ".u8": Uint8, ".i16": Int16, ".i32": Int32,
}

// SampleType tells how the samples of a file are stored, by the ending of its
// name: "" where that says nothing.
func SampleType(name string) string {
	name = strings.TrimSuffix(strings.ToLower(name), ".gz")
	return rawEndings[filepath.Ext(name)]
}

// completeSeries fills in what series need.
func (found *findings) completeSeries(dom *Domain, path string) {
	if dom.Series == nil {
		dom.Series = NewSeries()
	}
	if dom.Series.Index != nil {
		dom.Series.Index.Path = found.expand(path+".series.index.path", dom.Series.Index.Path)
	}
}

// series checks the keys of a domain of series.
func (c *domainChecker) series() {
	s := c.d.Series
	kind := cmp.Or(s.Type, SampleType(c.d.Files.Path))
	if in := c.study.Input.Series; in != nil && in.Rate > 0 && s.Rate == 0 && kind != "" && kind != WAV {
		c.fail("series.rate", "input.series.rate asks for %s samples per second; say how many there are in the files", format(in.Rate))
	}
	if s.Class != "" {
		c.expression("series.class", s.Class)
	}
	var col Columns
	if c.d.Columns != nil {
		col = *c.d.Columns
		c.columnRoles(&col)
	}
	var say []string
	for key, given := range map[string]bool{"series.class": s.Class != "", "series.index": s.Index != nil, "columns.label": col.Label != "", "columns.targets": len(col.Targets) > 0} {
		if given {
			say = append(say, key)
		}
	}
	slices.Sort(say)
	if len(say) > 1 {
		c.fail("series", "%s all say what is predicted; a domain has one task", strings.Join(say, " and "))
	}
	regression := c.d.Task.Kind == Regression
	switch {
	case regression && len(col.Targets) == 0:
		c.fail("task.kind", "regression of series takes its targets from columns.targets")
	case !regression && len(col.Targets) > 0:
		c.fail("columns.targets", "the task is %s, which takes columns.label", c.d.Task.Kind)
	case len(col.Labels) > 0:
		c.fail("columns.labels", "labels that are 0 or 1 are for tables whose rows are samples (format csv)")
	case col.MissingLabels == DropUnlabelled:
		c.fail("columns.missing_labels", "labels of moments of a series must be there; drop is for format csv")
	case s.Horizon > 0 && !regression:
		c.fail("series.horizon", "a horizon is for columns.targets, numbers to predict")
	}
	if s.Type != "" && s.Type != CSVSamples && c.d.Columns != nil {
		c.fail("columns", "columns are for tables (series.type csv); these samples are %s", s.Type)
	}
	if col.Split != "" {
		c.fail("columns.split", "windows are split by time, group or at random, not by a column")
	}
	if s.Index != nil && s.Index.Path == "" {
		c.fail("series.index", "the key \"path\" is missing: file of the table")
	}
	for key, given := range map[string]bool{"test": c.d.Test != nil, "validation": c.d.Val != nil} {
		if given && s.Index != nil {
			c.fail(key, "series.index lists the files of all data; name data, validation and test by patterns instead, with series.class")
		}
	}
}

// expression checks a regular expression that must have a parenthesis.
func (c *domainChecker) expression(key, expr string) {
	switch re, err := regexp.Compile(expr); {
	case err != nil:
		c.fail(key, "not a regular expression: %v", err)
	case re.NumSubexp() < 1:
		c.fail(key, "%q has no parenthesis, whose content is taken, as in '^([^_]+)_'", expr)
	}
}
