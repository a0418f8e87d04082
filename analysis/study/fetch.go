package study

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/goccy/go-yaml/ast"
)

// Fetch brings what a URL such as s3://bucket/plant.csv names to this machine, and
// returns its path there. A program that reads object stores sets it before it reads
// studies; where it is nil, URLs in studies are errors. What is not there is fs.ErrNotExist.
var Fetch func(url string) (path string, err error)

var urlLike = regexp.MustCompile(`^[a-z][a-z0-9+.-]*://`)

// IsURL reports whether a name of data is a URL and no path.
func IsURL(name string) bool { return urlLike.MatchString(name) }

func fetch(url string) (string, error) {
	if Fetch == nil {
		return "", fmt.Errorf("%s is a URL, and this program reads files of this machine only", url)
	}
	return Fetch(url)
}

// fetched remembers where things named by URL are. It may be used by several goroutines.
type fetched struct {
	mu    sync.Mutex
	paths map[string]string
}

func (f *fetched) add(url, path string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.paths[url] = path
}

func (f *fetched) path(url string) (string, bool) {
	if f == nil {
		return "", false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	p, ok := f.paths[url]
	return p, ok
}

// Matched is the name of a file that matches a pattern, by the name of which it is opened
// again: a URL where the pattern is one, so that the name is the same on all machines. ok is
// false where the pattern is none.
func (s *Study) Matched(pattern, file string) (url string, ok bool) {
	local, ok := s.fetched.path(pattern)
	if !ok {
		return "", false
	}
	// URL and path end with the same key, and begin with the bucket and what stands for it.
	name := filepath.ToSlash(local)
	same := 0
	for same < min(len(name), len(pattern)) && name[len(name)-1-same] == pattern[len(pattern)-1-same] {
		same++
	}
	key := name[len(name)-same:]
	if i := strings.Index(key, "/"); i >= 0 { // a whole number of names
		same -= i
	}
	rest, ok := strings.CutPrefix(filepath.ToSlash(file), name[:len(name)-same])
	if !ok {
		return "", false
	}
	url = pattern[:len(pattern)-same] + rest
	s.fetched.add(url, file)
	return url, true
}

// pathKeys are the keys of a study under which paths stand.
var pathKeys = map[string]bool{
	"data": true, "val": true, "test": true, "path": true, "index": true, "images": true, "labels": true, "inputs": true,
	"targets": true, "groups": true, "exclude": true, "policy": true, "file": true, "files": true, "rungs": true, "import": true,
}

// remote looks for what a study names by URL, brings it here, and remembers where. Of a
// study that is at a URL itself, base is what relative paths begin with.
func (d *decoder) remote(body ast.Node, s *Study, base string) {
	ast.Walk(remoteNames(func(key string, n *ast.StringNode) {
		name := n.Value
		relative := base != "" && pathKeys[key] && name != "" && !IsURL(name) && !strings.HasPrefix(name, "/")
		if !IsURL(name) && !relative {
			return
		}
		url := name
		if relative {
			url = base + name
		}
		file, err := fetch(url)
		switch {
		case relative && errors.Is(err, fs.ErrNotExist): // the name of an array, say; else said where it is opened
		case err != nil:
			d.errs = append(d.errs, d.newError(position(n), key, err.Error()))
		case !relative:
			if s.fetched == nil {
				s.fetched = &fetched{paths: map[string]string{}}
			}
			s.fetched.add(name, file)
		}
	}), body)
}

// remoteNames is an ast.Visitor that calls a function for texts with the keys that they
// stand under.
type remoteNames func(key string, n *ast.StringNode)

func (v remoteNames) Visit(n ast.Node) ast.Visitor {
	if pair, ok := n.(*ast.MappingValueNode); ok {
		key := pair.Key.GetToken().Value
		var texts func(n ast.Node)
		texts = func(n ast.Node) {
			switch x := n.(type) {
			case *ast.StringNode:
				v(key, x)
			case *ast.AnchorNode:
				texts(x.Value)
			case *ast.TagNode:
				texts(x.Value)
			case *ast.SequenceNode:
				for _, item := range x.Values {
					texts(item)
				}
			}
		}
		texts(pair.Value)
	}
	return v
}

// baseOf is what relative paths of a study at a URL begin with: its folder there.
func baseOf(url string) string {
	name, _, _ := strings.Cut(url, "?")
	return name[:strings.LastIndex(name, "/")+1]
}

// here is the path of a study file on this machine, and for one at a URL what relative paths
// begin with.
func here(file string) (path, base string, err error) {
	if !IsURL(file) {
		return file, "", nil
	}
	if path, err = fetch(file); err != nil {
		return "", "", fmt.Errorf("study: %w", err)
	}
	return filepath.Clean(path), baseOf(file), nil
}
