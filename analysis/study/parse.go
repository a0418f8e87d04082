package study

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/sharewise/sharewise/analysis/filekind"
)

// Parse reads and checks a study file. An error about its content is [Errors]:
// all that is wrong, each with line and column.
func Parse(file string) (*Study, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		if info, stat := os.Stat(file); stat == nil && info.IsDir() {
			return nil, fmt.Errorf("study: %s is a folder; name the study file in it, or make one with 'sharewise init %s'", file, file)
		}
		return nil, fmt.Errorf("study: %w", err)
	}
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return nil, fmt.Errorf("study: %w", err)
	}
	s, err := ParseBytes(data, file, dir)
	if err != nil {
		return nil, err
	}
	s.File = filepath.Join(dir, filepath.Base(file))
	return s, nil
}

// ParseBytes is [Parse] for a file that is in memory. Messages call it name;
// relative paths start in dir.
func ParseBytes(data []byte, name, dir string) (*Study, error) {
	if what := notText(data); what != "" {
		return nil, Errors{{File: name, Message: "not a study file: it is " + what}}
	}
	d := &decoder{
		file:   name,
		lines:  strings.Split(string(data), "\n"),
		anchor: map[string]ast.Node{},
		places: map[string]place{},
	}
	body, err := d.parse(data)
	if err != nil {
		return nil, err
	}
	s := &Study{Dir: dir}
	fill(s, studyFields)
	d.study(body, s)
	if len(d.errs) == 0 {
		d.complete(s)
		(&checker{decoder: d, study: s}).check()
	}
	if len(d.errs) > 0 {
		return nil, d.errs.sorted()
	}
	return s, nil
}

// notText says what data is that is no text as YAML has it, "" for text.
func notText(data []byte) string {
	odd := func(r rune) bool { return r == 0x7f || r < ' ' && !strings.ContainsRune("\t\n\r", r) }
	if utf8.Valid(data) && !bytes.ContainsFunc(data, odd) {
		return ""
	}
	return cmp.Or(filekind.Of(data[:min(len(data), filekind.HeadBytes)]), "no text in UTF-8")
}

// parse turns the text into nodes.
func (d *decoder) parse(data []byte) (ast.Node, error) {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		var syntax yaml.Error
		if !errors.As(err, &syntax) || syntax.GetToken() == nil {
			return nil, Errors{{File: d.file, Message: err.Error()}}
		}
		p := syntax.GetToken().Position
		return nil, Errors{d.newError(place{p.Line, max(1, p.Column)}, "", "not YAML: "+syntax.GetMessage())}
	}
	var bodies []ast.Node
	for _, doc := range file.Docs {
		if doc.Body != nil {
			bodies = append(bodies, doc.Body)
			ast.Walk(anchors(d.anchor), doc.Body)
		}
	}
	switch len(bodies) {
	case 0:
		return nil, Errors{{File: d.file, Message: "the file is empty; 'sharewise init' writes one"}}
	case 1:
		return bodies[0], nil
	}
	return nil, Errors{d.newError(position(bodies[1]), "", "a second document; a study file has one")}
}

// anchors is an ast.Visitor that collects the nodes with a name.
type anchors map[string]ast.Node

func (a anchors) Visit(n ast.Node) ast.Visitor {
	if x, ok := n.(*ast.AnchorNode); ok {
		a[x.Name.GetToken().Value] = x.Value
	}
	return a
}

// study reads the top of the file. Settings of all domains are read once for
// each domain, before the domain's own.
func (d *decoder) study(body ast.Node, s *Study) {
	entries, ok := d.entries(body, "")
	if !ok {
		d.errs = append(d.errs, d.newError(position(body), "", "a study file is a mapping that begins with 'version: 1'"))
		return
	}
	d.object(body, object(studyFields), s, "")
	var shared ast.Node
	for _, e := range entries {
		if e.Key.GetToken().Value == "defaults" {
			shared, _ = d.resolve(e.Value, "defaults")
		}
	}
	if shared != nil && len(d.errs) == 0 {
		d.spread(entries, shared, s)
	}
	s.defaults = Domain{}
	d.required(studyFields, "")
	for i := range s.Domains {
		d.required(domainFields, fmt.Sprintf("domains[%d]", i))
	}
	for i := range s.Weightings {
		if d.has("weightings") {
			d.required(weightingFields, fmt.Sprintf("weightings[%d]", i))
		}
	}
}

// spread reads every domain again, on top of the settings of all domains.
func (d *decoder) spread(entries []*ast.MappingValueNode, shared ast.Node, s *Study) {
	for _, e := range entries {
		list, _ := d.resolve(e.Value, "domains")
		domains, ok := list.(*ast.SequenceNode)
		if e.Key.GetToken().Value != "domains" || !ok {
			continue
		}
		for i, n := range domains.Values {
			path := fmt.Sprintf("domains[%d]", i)
			s.Domains[i] = Domain{}
			fill(&s.Domains[i], domainFields)
			d.value(shared, object(domainFields), &s.Domains[i], path)
			d.value(n, object(domainFields), &s.Domains[i], path)
		}
	}
}

// required reports the keys that must be given and are not.
func (d *decoder) required(fields []field, path string) {
	for _, f := range fields {
		sub := strings.TrimPrefix(path+"."+f.key, ".")
		if !f.need || d.has(sub) {
			continue
		}
		at := d.where(path)
		if path == "" {
			at = place{1, 1}
		}
		message := fmt.Sprintf("the key %q is missing: %s", f.key, lowerFirst(f.doc))
		if f.key == "version" {
			message = "the key \"version\" is missing; begin the file with 'version: 1'"
		}
		d.errs = append(d.errs, d.newError(at, path, message))
	}
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// complete fills in the defaults that depend on something else.
func (d *decoder) complete(s *Study) {
	if s.Title == "" {
		s.Title = s.Name
	}
	if s.takesSeries() {
		s.Input.Kind = SeriesInput
	}
	for i := range s.Domains {
		d.completeDomain(&s.Domains[i], s.Input.Kind, fmt.Sprintf("domains[%d]", i))
	}
	s.shareSplits()
	if s.Input.Kind == "" {
		switch {
		case len(s.Input.Shape) > 0:
			s.Input.Kind = ArrayInput
		case len(s.Input.Size) > 0 || len(s.Domains) == 0:
			s.Input.Kind = Image
		case IsTable(s.Domains[0].Format) || s.Domains[0].Format == SvmlightFormat:
			s.Input.Kind = Table
		case s.Domains[0].Format == ArrayFormat:
			s.Input.Kind = ArrayInput
		default:
			s.Input.Kind = Image
		}
	}
	if s.Input.Normalize == "" {
		s.Input.Normalize = "standard"
		if len(s.Domains) > 0 && s.Domains[0].Format == SvmlightFormat {
			s.Input.Normalize = NormalizeScale
		}
	}
	s.Training.complete()
	for i := range s.Weightings {
		w := &s.Weightings[i]
		if w.Name == "dwa" && w.Temperature == 0 {
			w.Temperature = 2
		}
		if w.Name == "uncertainty" && w.Rate == 0 {
			w.Rate = 0.01
		}
	}
	d.completeModel(s)
	for i, f := range s.Model.Files {
		s.Model.Files[i] = d.expand(fmt.Sprintf("model.files[%d]", i), f)
	}
}

func (d *decoder) completeDomain(dom *Domain, input, path string) {
	files := []struct {
		key string
		at  *Files
	}{{"data", &dom.Files}, {"validation", dom.Val}, {"test", dom.Test}}
	for _, f := range files {
		if f.at == nil {
			continue
		}
		sub := path + "." + f.key
		f.at.Path = d.expand(sub+".path", f.at.Path)
		f.at.Images = d.expand(sub+".images", f.at.Images)
		f.at.Labels = d.expand(sub+".labels", f.at.Labels)
		f.at.Targets = d.expand(sub+".targets", f.at.Targets)
		f.at.Groups = d.expand(sub+".groups", f.at.Groups)
		f.at.Index = d.expand(sub+".index", f.at.Index)
	}
	if dom.Format == "" {
		dom.Format = guessFormat(dom.Files)
		if input == SeriesInput {
			dom.Format = SeriesFormat
		}
	}
	if dom.Format == SeriesFormat {
		d.completeSeries(dom, path)
	}
	if dom.Format == SvmlightFormat && dom.Svmlight == nil {
		dom.Svmlight = new(Svmlight)
	}
	if (IsTable(dom.Format) || dom.Indexed()) && dom.Columns == nil {
		dom.Columns = new(Columns)
		fill(dom.Columns, columnFields)
	}
	if dom.Indexed() && dom.Columns.File == "" {
		dom.Columns.File = "file"
	}
	if dom.Task.Kind == "" {
		dom.Task.Kind = Classification
		switch {
		case dom.Columns != nil && len(dom.Columns.Targets) > 0 || dom.Files.Targets != "":
			dom.Task.Kind = Regression
		case dom.Columns != nil && len(dom.Columns.Labels) > 0:
			dom.Task.Kind = Multilabel
		}
	}
	if dom.Task.Loss == "" {
		dom.Task.Loss = lossOf[dom.Task.Kind]
	}
	if dom.Task.Loss == Huber && dom.Task.Delta == 0 {
		dom.Task.Delta = 1
	}
	if dom.Split.By == "" {
		switch {
		case dom.Split.Group != "" || dom.Files.Groups != "" || dom.Columns != nil && dom.Columns.Group != "":
			dom.Split.By = ByGroup
		case dom.Format == SeriesFormat:
			dom.Split.By = ByTime
		default:
			dom.Split.By = ByRandom
		}
	}
	if dom.Task.Classes != nil && len(dom.Task.Classes) == 0 {
		dom.Task.Classes = nil
	}
}

// guessFormat tells the format of data by the names of its files.
func guessFormat(f Files) string {
	if IsArrayFile(f.Path) {
		return ArrayFormat
	}
	if IsSvmlightFile(f.Path) {
		return SvmlightFormat
	}
	if f.Images != "" || f.Labels != "" {
		return IDX
	}
	name := strings.TrimSuffix(strings.ToLower(f.Path), ".gz")
	switch filepath.Ext(name) {
	case ".csv", ".tsv", ".tab", ".txt", ".data", ".dat":
		return CSV
	case ".parquet", ".pq":
		return Parquet
	}
	return Images
}

// completeModel makes rungs of widths or files.
func (d *decoder) completeModel(s *Study) {
	m := &s.Model
	m.Trunk = d.expand("model.trunk", m.Trunk)
	if m.Trunk == "" && len(m.Files) == 0 {
		m.Trunk = defaultTrunk(s.layout())
	}
	_, named := findTrunk(m.Trunk)
	switch {
	case named && len(m.Widths) == 0:
		m.Widths = []float64{1}
		fallthrough
	case named:
		for _, w := range m.Widths {
			m.Rungs = append(m.Rungs, Rung{Name: "w" + format(w), Width: w})
		}
	case m.Trunk != "":
		m.Rungs = []Rung{{Name: stem(m.Trunk), Path: m.Trunk}}
	default:
		for _, f := range m.Files {
			m.Rungs = append(m.Rungs, Rung{Name: stem(f), Path: f})
		}
	}
}

func stem(file string) string {
	base := filepath.Base(filepath.FromSlash(file))
	return strings.TrimSuffix(base, filepath.Ext(base))
}

var variable = regexp.MustCompile(`\$\{([^}]*)\}`)

// expand replaces ${NAME} by the environment variable.
func (d *decoder) expand(path, s string) string {
	return variable.ReplaceAllStringFunc(s, func(ref string) string {
		name := ref[2 : len(ref)-1]
		v, ok := os.LookupEnv(name)
		if !ok {
			d.errorf(path, "the environment variable %s is not set", name)
		}
		return v
	})
}

// Path is a path of the file as the program opens it: relative ones start in
// the folder of the study.
func (s *Study) Path(p string) string {
	p = filepath.FromSlash(p)
	if filepath.IsAbs(p) || s.Dir == "" {
		return p
	}
	return filepath.Join(s.Dir, p)
}

// Domain returns the domain with a name, or nil.
func (s *Study) Domain(name string) *Domain {
	for i := range s.Domains {
		if s.Domains[i].Name == name {
			return &s.Domains[i]
		}
	}
	return nil
}

// Only returns a copy of the study with the domains that are named, in the
// study's order; no names mean all.
func (s *Study) Only(names []string) *Study {
	out := *s
	out.Domains = nil
	for _, d := range s.Domains {
		if len(names) == 0 || slices.Contains(names, d.Name) {
			out.Domains = append(out.Domains, d)
		}
	}
	return &out
}

// Equal reports whether two studies ask the same, wherever their files are.
func (s *Study) Equal(t *Study) bool {
	a, b := *s, *t
	a.File, b.File = "", ""
	a.Dir, b.Dir = "", ""
	a.Warnings, b.Warnings = nil, nil
	return reflect.DeepEqual(a, b)
}
