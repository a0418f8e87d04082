package reports

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/reports/language"
)

// writers are the packages that put sentences into the files which reports are made of.
var writers = []string{
	"analysis", "analysis/baseline", "analysis/contest", "analysis/dataset", "analysis/effect", "analysis/influence", "analysis/merging", "analysis/mixtures", "analysis/similarity", "analysis/suspects",
	"grouping", "grouping/affinity", "grouping/appraisal", "grouping/gaintable", "grouping/imbalance", "grouping/remedies", "grouping/sources", "grouping/verification",
}

// sayers are functions of theirs whose first argument is a sentence for a file, and
// told the fields that hold one, or several.
var (
	sayers = []string{"note", "notef", "say", "fail", "warn"}
	told   = []string{"Brief", "Text", "Next", "Why", "Note", "Reason", "Expected", "Definition", "Meaning", "Notes", "Warnings", "Verdict", "Conclusion", "Symmetrised", "Test"}
)

// unshown are files and packages whose texts are errors, or that no report shows.
var unshown = []string{"analysis/baseline/run.go", "analysis/similarity/assess.go", "analysis/similarity/models.go", "grouping/affinity/folder.go", "grouping/affinity/similar.go", "grouping/gaintable/read.go"}

// composed are sentences a part of which is made of others, by what stands in its place:
// the first that reads well is taken.
var composed = []string{"name", "sample", "1 other domain", " after 17 updates", ", such as training.epochs: 30 instead of 12", ""}

// whole are examples of sentences that are put together of several parts.
var whole = map[string][]string{
	"%s (%s)": {"2 of 9 runs diverged (joint and pool{a,b}), and all figures leave them out"},
	"Train networks of %s that are no worse than a linear model, since gains over weak ones mean little: more training.epochs or another training.rate; training.select best or more training.optimizer.weight_decay where validation losses rise; a wider or another trunk.%s": {
		"Train networks of a and b that are no worse than a linear model, since gains over weak ones mean little: more training.epochs or another training.rate; training.select best or more training.optimizer.weight_decay where validation losses rise; a wider or another trunk. The linear model of a did better on columns in their own units, which input.normalize: scale gives to networks.",
	},
	"%d of %s %s tuned static weights, by test loss: %s.": {"2 of 5 other methods beat tuned static weights, by test loss: famo (-8.8 %), size (-1.0 %, fixed weights too).", "1 of 5 other methods beats tuned static weights, by test loss: famo (-8.8 %)."},
	"Nothing beats %s.":                   {"Nothing beats static weights that were tuned with the budget of all methods together (40 candidates)."},
	"Against %s, %d of %s %s ahead: %s.":  {"Against static weights that were tuned with the budget of all methods together (40 candidates), 1 of 5 methods is ahead: famo (-8.8 %)."},
	"columns without %s are left out: %s": {"columns without values in the first 100 rows are left out: a, b", "columns without values are left out: a"},
	"%s, one for each domain and size, predicted %d of %s of mixtures that they were not fitted to within their limits (level %g).": {"4 laws, one for each domain and size, predicted 7 of 8 losses of mixtures that they were not fitted to within their limits (level 0.95)."},
	"Wrong answers of %s cost what economics.errors says, right ones nothing; classes are as frequent %s.":                          {"Wrong answers of a cost what economics.errors says, right ones nothing; classes are as frequent as given."},
	"No price was given for %s: it counts nothing.":                                                                                 {"No price was given for labels (label): it counts nothing.", "No price was given for operating a model (operation): it counts nothing."},
	"%s, %s no longer loses in %s: gain %s before, %s after.":                                                                       {"With weight 2 to 1, a no longer loses in joint: gain −4.0% before, +1.0% after.", "Without b, a no longer loses in joint: gain −4.0% before, +1.0% after."},
	"%s, %s loses less in %s (gain %s before, %s after), but still loses: a model of its own stays the better remedy.":              {"Without doubtful samples, a loses less in joint (gain −9.0% before, −4.0% after), but still loses: a model of its own stays the better remedy."},
	"%s, %s loses less in %s (gain %s before, %s after); whether it still loses is open.":                                           {"With size w2, a loses less in joint (gain −9.0% before, −4.0% after); whether it still loses is open."},
	"%s tested with %s; with a probability of %.0f%%, no word of help or harm to these domains is wrong.":                           {"3 remedies were tested with 5 seeds; with a probability of 95%, no word of help or harm to these domains is wrong."},
	"%s not tried, for want of budget (%s).":                                                                                        {"1 remedy was not tried, for want of budget (2 min)."},
	"%s in pools, %d of them established among all gains of the study; nothing was tried yet.":                                      {"2 cases of domains that lose in pools, 1 of them established among all gains of the study; nothing was tried yet."},
}

// TestSentencesOfFilesHaveJapanese finds what packages write into files, and holds it
// against what is read back: a sentence that is new there needs Japanese.
func TestSentencesOfFilesHaveJapanese(t *testing.T) {
	found := 0
	for _, dir := range writers {
		files, err := filepath.Glob(filepath.Join("..", dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		set := token.NewFileSet()
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") || slices.ContainsFunc(unshown, func(s string) bool { return strings.HasSuffix(filepath.ToSlash(name), s) }) {
				continue
			}
			file, err := parser.ParseFile(set, name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range sentencesOf(file) {
				if !strings.Contains(s.text, " ") || dir == "analysis/dataset" && !s.call {
					continue
				}
				found++
				if got := read(s.text); got != "" {
					t.Errorf("%s: no Japanese for %q: %s", set.Position(s.at), s.text, got)
				}
			}
		}
	}
	if found < 150 {
		t.Fatalf("found %d sentences: the test does not see them any more", found)
	}
}

// read is what a format reads like where that is not Japanese, and empty where it is.
func read(format string) string {
	var got string
	for _, s := range whole[format] {
		if got = language.Japanese.Write(wording.Written(s)); !language.Japanese.Reads(s) || wordsInRow.MatchString(got) {
			return got
		}
	}
	if whole[format] != nil {
		return ""
	}
	for _, part := range composed {
		s := example(format, part)
		got = commands.ReplaceAllString(language.Japanese.Write(wording.Written(s)), "")
		if language.Japanese.Reads(s) && !wordsInRow.MatchString(got) {
			return ""
		}
	}
	return got
}

type writtenText struct {
	at   token.Pos
	text string
	call bool // of a function that notes it
}

// sentencesOf are the sentences that a file of Go code writes out.
func sentencesOf(file *ast.File) []writtenText {
	var out []writtenText
	add := func(e ast.Expr, call bool) {
		if s, ok := writtenOut(e); ok {
			out = append(out, writtenText{e.Pos(), s, call})
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if name := nameOf(n.Fun); slices.Contains(sayers, name) && len(n.Args) > 0 {
				add(n.Args[0], true)
			} else if name == "append" && len(n.Args) > 1 && slices.Contains(told, nameOf(n.Args[0])) {
				for _, a := range n.Args[1:] {
					add(a, false)
				}
			}
		case *ast.KeyValueExpr:
			if slices.Contains(told, nameOf(n.Key)) {
				add(n.Value, false)
			}
		case *ast.AssignStmt:
			for i := range min(len(n.Lhs), len(n.Rhs)) {
				if n.Tok == token.ASSIGN && slices.Contains(told, nameOf(n.Lhs[i])) {
					add(n.Rhs[i], false)
				}
			}
		}
		return true
	})
	return out
}

// nameOf is the last name of what is called or assigned.
func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// writtenOut is a text that stands in the code as a whole, by itself or as the format
// of fmt.Sprintf.
func writtenOut(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.CallExpr:
		if nameOf(e.Fun) == "Sprintf" {
			return writtenOut(e.Args[0])
		}
	}
	return "", false
}

// commands are written as they are typed.
var commands = regexp.MustCompile(`sharewise( [A-Za-z-]+)*|ONNX Runtime`)

// example fills a format in, texts by a part of a sentence.
func example(format, part string) string {
	n := 0
	return verbs.ReplaceAllStringFunc(format, func(v string) string {
		n++
		switch v[len(v)-1] {
		case '%':
			return "%"
		case 'd':
			return strconv.Itoa(10 + n)
		case 'f', 'g', 'e':
			return strconv.Itoa(n) + ".5"
		case 'q':
			return strconv.Quote("name" + strconv.Itoa(n))
		case 'v':
			return "[3 4]"
		}
		if part != "name" {
			return part
		}
		return part + strconv.Itoa(n)
	})
}
