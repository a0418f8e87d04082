package study

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"

	"github.com/sharewise/sharewise/analysis/filekind"
	"github.com/sharewise/sharewise/analysis/filelimit"
)

// Parse reads and checks a study file. An error about its content is [Errors]:
// all that is wrong, each with line and column. It reads no data, and therefore
// refuses a study whose domains are the values of a column; see [ParseWith].
func Parse(file string) (*Study, error) { return ParseWith(file, nil) }

// ParseWith is [Parse] for studies whose domains may be the values of a column,
// which values lists.
//
// What the study names by URL, or stands at one itself, is brought here by [Fetch].
func ParseWith(file string, values Values) (*Study, error) {
	file, base, err := here(file)
	if err != nil {
		return nil, err
	}
	data, err := filelimit.ReadFile(file, filelimit.Document)
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
	if whole := filepath.Join(dir, filepath.Base(file)); !utf8.ValidString(whole) {
		return nil, fmt.Errorf("study: the path %q is not UTF-8, so that no plan or report can hold it; rename its folders", whole)
	}
	s, err := parseBytes(data, file, dir, base, values)
	if err != nil {
		return nil, err
	}
	s.File = filepath.Join(dir, filepath.Base(file))
	sum := sha256.Sum256(data)
	s.FileSHA256 = hex.EncodeToString(sum[:])
	return s, nil
}

// ParseBytes is [Parse] for a file that is in memory. Messages call it name;
// relative paths start in dir.
func ParseBytes(data []byte, name, dir string) (*Study, error) {
	return parseBytes(data, name, dir, "", nil)
}

func parseBytes(data []byte, name, dir, base string, values Values) (*Study, error) {
	if what := notText(data); what != "" {
		return nil, Errors{{File: name, Message: "not a study file: it is " + what}}
	}
	found := &findings{file: name, lines: strings.Split(string(data), "\n"), places: map[string]place{}}
	d := &decoder{findings: found, anchor: map[string]ast.Node{}, values: values}
	body, err := d.parse(data)
	if err != nil {
		return nil, err
	}
	s := &Study{Dir: dir}
	fill(s, studyFields)
	if d.remote(body, s, base); len(d.errs) > 0 {
		return nil, d.errs.sorted()
	}
	d.study(body, s)
	if len(d.errs) == 0 {
		found.complete(s)
		(&checker{findings: found, study: s}).check()
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
	tokens := lexer.Tokenize(string(data))
	if err := d.bounded(data, tokens); err != nil {
		return nil, err
	}
	file, err := parser.Parse(tokens, 0)
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
	d.policyFile(s)
	var shared ast.Node
	for _, e := range entries {
		if e.Key.GetToken().Value == "defaults" {
			shared, _ = d.resolve(e.Value, "defaults")
		}
	}
	switch {
	case len(d.errs) > 0:
	case d.by != nil:
		d.expand(shared, s)
	case shared != nil:
		d.spread(entries, shared, s)
	}
	s.defaults = Domain{}
	d.required(studyFields, "")
	for i := range s.Domains {
		d.required(domainFields, fmt.Sprintf("domains[%d]", i))
	}
	d.requiredOfPolicy(s)
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
		d.errs = append(d.errs, d.newError(at, path, missing(f)))
	}
}

// missing says that a key must be given.
func missing(f field) string {
	if f.key == "version" {
		return "the key \"version\" is missing; begin the file with 'version: 1'"
	}
	return fmt.Sprintf("the key %q is missing: %s", f.key, lowerFirst(f.doc))
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// Path is a path of the file as the program opens it: relative ones start in
// the folder of the study.
func (s *Study) Path(p string) string {
	if file, ok := s.fetched.path(p); ok {
		return file
	}
	p = filepath.FromSlash(p)
	if filepath.IsAbs(p) || s.Dir == "" {
		return p
	}
	return filepath.Join(s.Dir, p)
}

// Glob lists the files that a path or a pattern of the study stands for, as [filelimit.Glob] does. What
// is there by that very name is meant alone, whatever is in it: a file called a[1].csv is no pattern.
func (s *Study) Glob(pattern string) ([]string, error) {
	p := s.Path(pattern)
	_, err := os.Lstat(p)
	switch {
	case err == nil:
		return []string{p}, nil
	case filelimit.SystemFault(err) != "":
		return nil, err
	}
	if relative := filepath.FromSlash(pattern); s.Dir != "" && p == filepath.Join(s.Dir, relative) {
		p = filepath.Join(filelimit.Escape(s.Dir), relative)
	}
	return filelimit.Glob(p)
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
	a.File, b.File, a.FileSHA256, b.FileSHA256 = "", "", "", ""
	a.Dir, b.Dir = "", ""
	a.Warnings, b.Warnings = nil, nil
	return reflect.DeepEqual(a, b)
}
