package study

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/delimited"
)

// domainChecker checks one entry of domains.
type domainChecker struct {
	*checker
	d    *Domain
	path string
}

func (c *domainChecker) fail(key, format string, args ...any) {
	path := c.path
	if key != "" {
		path += "." + key
	}
	c.errorf(path, "%s", fmt.Sprintf(format, args...))
}

func (c *domainChecker) check() {
	c.files("data", &c.d.Files)
	c.files("validation", c.d.Val)
	c.files("test", c.d.Test)
	c.split()
	switch c.d.Format {
	case CSV, Parquet:
		c.columns()
	case SeriesFormat:
		c.series()
	case ArrayFormat:
		c.arrays()
	case SvmlightFormat:
		c.svmlight()
	case InMemory:
		c.memory()
	case TextFiles:
		c.texts()
	default:
		if c.d.Indexed() {
			c.index()
		} else if c.d.Columns != nil {
			c.fail("columns", "columns are for tables (format csv); this domain's format is %s", c.d.Format)
		}
	}
	c.task()
	if c.d.Series != nil && c.d.Format != SeriesFormat {
		c.fail("series", "series are for signals (format series); this domain's format is %s", c.d.Format)
	}
	if c.d.Svmlight != nil && c.d.Format != SvmlightFormat {
		c.fail("svmlight", "these keys are for sparse samples (format svmlight); this domain's format is %s", c.d.Format)
	}
	if c.d.Invert && (c.d.Format == SvmlightFormat || c.d.Format == TextFiles || IsTable(c.d.Format) || c.d.Format == SeriesFormat) {
		c.fail("invert", "invert is for images")
	}
}

func (c *domainChecker) files(key string, f *Files) {
	switch {
	case f == nil || c.d.Format == InMemory: // see memory
	case *f == Files{}:
		held := ""
		if c.file == "" { // a program made the study
			held = "; data that the program holds have the format memory"
		}
		c.fail("", "the key %q is missing: where the domain's data is%s", key, held)
	case c.d.Format == IDX && (f.Images == "" || f.Labels == ""):
		c.fail(key, "format idx needs two files: {images: FILE, labels: FILE}")
	case c.d.Format == IDX && f.Path != "":
		c.fail(key+".path", "format idx takes images and labels, no path")
	case c.d.Format != ArrayFormat && (f.Inputs != "" || f.Targets != "" || f.Groups != ""):
		c.fail(key, "inputs, targets and groups name arrays (format array); this domain's format is %s", c.d.Format)
	case c.d.Format != Images && f.Index != "":
		c.fail(key+".index", "an index lists the images of a folder (format images); this domain's format is %s", c.d.Format)
	case c.d.Format == ArrayFormat && f.Images != "":
		c.fail(key+".images", "images are for format idx; arrays name inputs")
	case c.d.Format == ArrayFormat:
	case c.d.Format != IDX && (f.Images != "" || f.Labels != ""):
		c.fail(key, "images and labels are for format idx; format %s takes a path", c.d.Format)
	}
}

func (c *domainChecker) split() {
	s := &c.d.Split
	given := c.d.Columns != nil && c.d.Columns.Split != ""
	if c.d.Test == nil && s.Test == 0 && s.Folds == 0 && !given {
		c.fail("split.test", "no test data: give test, a column that says so, or a fraction above 0")
	}
	if c.d.Test == nil && s.Folds == 0 && s.Test+s.Val >= 1 {
		c.fail("split", "validation %s and test %s leave nothing for training", format(s.Val), format(s.Test))
	}
	switch {
	case s.By != ByContent:
	case c.d.Format == SeriesFormat:
		c.fail("split.by", "content is for samples; windows of series are split by time, group or random")
	case s.Shared != nil && *s.Shared:
		c.fail("split.by", "domain %s may use the rows of another domain, and content tells only its own apart; split by random or group, or set split.shared: false", c.d.Name)
	case c.d.Columns != nil && c.d.Columns.Group != "" || s.Group != "" || c.d.Files.Groups != "":
		c.fail("split.by", "a group is named, and content would tear groups apart; split by group")
	}
	if s.Group != "" {
		if c.d.Format != Images && c.d.Format != TextFiles && c.d.Format != SeriesFormat {
			c.fail("split.group", "group expressions are for folders of images or texts, and for series; tables name columns.group")
		} else {
			c.expression("split.group", s.Group)
		}
	}
	if s.By == ByGroup && s.Group == "" && (c.d.Columns == nil || c.d.Columns.Group == "") {
		switch c.d.Format {
		case SeriesFormat: // the groups are the files
		case SvmlightFormat: // they are the numbers behind qid
		case ArrayFormat: // see arrays
		case InMemory: // the samples say
		case CSV, Parquet:
			c.fail("split.by", "splitting by group needs columns.group")
		case Images, TextFiles:
			c.fail("split.by", "splitting by group needs split.group, a regular expression on class/file")
		default:
			c.fail("split.by", "format idx knows no groups; split by random or time")
		}
	}
}

func (c *domainChecker) columns() {
	col := c.d.Columns
	given := 0
	for _, role := range []struct {
		key, of string
		given   bool
		kinds   []string
	}{
		{"label", "classes", col.Label != "", []string{Classification, Binary}},
		{"targets", "numbers", len(col.Targets) > 0, []string{Regression}},
		{"labels", "labels that are 0 or 1", len(col.Labels) > 0, []string{Multilabel}},
	} {
		if !role.given {
			continue
		}
		given++
		if !slices.Contains(role.kinds, c.d.Task.Kind) {
			c.fail("columns."+role.key, "the task is %s, and columns.%s is for %s", c.d.Task.Kind, role.key, role.of)
		}
	}
	switch {
	case given == 0:
		c.fail("columns", "say what is predicted: columns.label for classes, columns.targets for numbers, columns.labels for labels that are 0 or 1")
	case given > 1:
		c.fail("columns", "label, targets and labels: more than one is given; a domain has one task")
	}
	texts := c.study.Input.Kind == TextInput
	switch {
	case texts && len(col.Text) == 0:
		c.fail("columns", "the input is text: name the columns that hold it under columns.text")
	case texts && (len(col.Features) > 0 || len(col.Categorical) > 0 || len(col.Dates) > 0):
		c.fail("columns", "features, categorical and dates are inputs of tables; the input of this study is text")
	case !texts && len(col.Text) > 0:
		c.fail("columns.text", "the input is of kind %s; columns of text are for input.kind: text", c.study.Input.Kind)
	}
	c.columnRoles(col)
}

// columnRoles checks what tables and series in tables have in common.
func (c *domainChecker) columnRoles(col *Columns) {
	if col.Header != nil && *col.Header && len(col.Names) > 0 {
		c.fail("columns.names", "names are for a file without header, and header is true")
	}
	if col.Encoding != "" {
		if err := delimited.IsEncoding(col.Encoding); err != nil {
			c.fail("columns.encoding", "%v", err)
		}
	}
	if !slices.Contains([]string{"", "comma", "semicolon", "tab", "pipe", "space"}, col.Delimiter) && len([]rune(col.Delimiter)) != 1 {
		c.fail("columns.delimiter", "%q is not comma, semicolon, tab, pipe, space or one character", col.Delimiter)
	}
	for _, n := range sortedKeys(col.Units) {
		switch unit := col.Units[n]; {
		case unit == "" || strings.TrimSpace(unit) != unit || unit[0] >= '0' && unit[0] <= '9' || strings.ContainsAny(unit[:1], "+-.,"):
			c.fail("columns.units."+n, "%q cannot be told from a number; write what stands before or behind it, such as $ or kg", unit)
		}
	}
	c.roles(col)
}

// roles makes sure that no column has two.
func (c *domainChecker) roles(col *Columns) {
	role := map[string]string{}
	claim := func(key, name string) {
		if name == "" {
			return
		}
		if other, ok := role[name]; ok {
			c.fail("columns."+key, "column %q is %s already", name, other)
			return
		}
		role[name] = key
	}
	claim("label", col.Label)
	for _, n := range col.Targets {
		claim("targets", n)
	}
	for _, n := range col.Labels {
		claim("labels", n)
	}
	for _, n := range col.Features {
		if c.d.Format == SeriesFormat && slices.Contains(col.Targets, n) {
			continue // a channel that is forecast
		}
		claim("features", n)
	}
	for _, n := range col.Categorical {
		claim("categorical", n)
	}
	if len(col.Categorical) > 0 && c.d.Format == SeriesFormat {
		c.fail("columns.categorical", "series take numbers only; columns of words are for tables")
	}
	for _, n := range col.Text {
		claim("text", n)
	}
	for _, n := range col.Ignore {
		claim("ignore", n)
	}
	for i, d := range col.Dates {
		claim(fmt.Sprintf("dates[%d]", i), d.Column)
	}
	for _, n := range col.Known {
		if other, ok := role[n]; ok && other != "features" && other != "categorical" && !strings.HasPrefix(other, "dates") {
			c.fail("columns.known", "column %q is %s, and no input", n, other)
		}
	}
	if len(col.Dates) > 0 && c.d.Format == SeriesFormat {
		c.fail("columns.dates", "series take numbers only; dates are for tables")
	}
	if col.Time != "" && c.d.Split.By != ByTime {
		c.fail("columns.time", "column %q orders rows for a split by time, and split.by is %s", col.Time, c.d.Split.By)
	}
	claim("group", col.Group)
	claim("split", col.Split)
	claim("file", col.File)
	if col.File != "" && !c.d.Indexed() {
		c.fail("columns.file", "names of files are for images that data.index lists; this domain's format is %s", c.d.Format)
	}
	for _, n := range sortedKeys(col.Where) {
		claim("where."+n, n)
	}
}
