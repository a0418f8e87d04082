package reports

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"html"
	"html/template"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"

	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/gaintable"
	"github.com/sharewise/sharewise/grouping/solve"
	"github.com/sharewise/sharewise/reports/language"
)

// messagePackages are those whose texts are messages of the catalogue, from here.
var messagePackages = []string{".", "language", "live", "../grouping/decisions"}

// TestEveryMessageHasJapanese finds the messages that code and templates ask for, and
// holds them against the catalogue, in both directions.
func TestEveryMessageHasJapanese(t *testing.T) {
	asked := map[string]string{}
	for _, dir := range messagePackages {
		messagesOfCode(t, dir, asked)
	}
	messagesOfTemplates(t, asked)
	if len(asked) < 900 {
		t.Fatalf("found %d messages: the test does not see them any more", len(asked))
	}
	japanese := language.Japanese.Messages()
	for key, where := range asked {
		text, ok := japanese[key]
		if !ok {
			t.Errorf("%s: no Japanese for %q", where, key)
			continue
		}
		if want, got := verbsOf(key), verbsOf(text); !slices.Equal(want, got) {
			t.Errorf("%s: %q has verbs %v, %q has %v", where, key, want, text, got)
		}
	}
	for key := range japanese {
		if asked[key] == "" {
			t.Errorf("nothing asks for %q", key)
		}
	}
}

var (
	verbs  = regexp.MustCompile(`%([-+#0]*(?:\.\d+)?)(?:\[(\d+)\])?([a-zA-Z%])`)
	spaces = regexp.MustCompile(`\s+`)
)

// verbsOf are the verbs by the arguments that they write, each once.
func verbsOf(format string) []string {
	var out []string
	next := 1
	for _, m := range verbs.FindAllStringSubmatch(format, -1) {
		if m[3] == "%" {
			continue
		}
		if m[2] != "" {
			next, _ = strconv.Atoi(m[2]) // digits
		}
		out = append(out, strconv.Itoa(next)+m[1]+m[3])
		next++
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// messagesOfCode adds the formats of say, some and their like.
func messagesOfCode(t *testing.T, dir string, asked map[string]string) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			var called string
			switch f := call.Fun.(type) {
			case *ast.Ident:
				called = f.Name
			case *ast.SelectorExpr:
				if x, ok := f.X.(*ast.Ident); ok {
					called = x.Name + "." + f.Sel.Name
				}
			}
			at := map[string]int{"say": 0, "wording.Say": 0, "some": 1, "wording.Some": 2}
			k, ok := at[called]
			if !ok {
				return true
			}
			where := set.Position(call.Pos()).String()
			literal, ok := call.Args[k].(*ast.BasicLit)
			if !ok {
				if name != "format.go" { // which defines say and some
					t.Errorf("%s: the message is not written out", where)
				}
				return true
			}
			key, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			switch called {
			case "some":
				key = "%d " + key + "s"
			case "wording.Some":
				key = "%d " + key
			}
			asked[key] = where
			return true
		})
	}
}

// messagesOfTemplates adds the formats of the function t.
func messagesOfTemplates(t *testing.T, asked map[string]string) {
	for _, tmpl := range append(pageTemplates(t).Templates(), liveTemplates(t)...) {
		if tmpl.Tree == nil {
			continue
		}
		walkNodes(tmpl.Tree.Root, func(c *parse.CommandNode) {
			if id, ok := c.Args[0].(*parse.IdentifierNode); ok && id.Ident == "t" && len(c.Args) > 1 {
				if s, ok := c.Args[1].(*parse.StringNode); ok {
					asked[s.Text] = "page/" + tmpl.Name()
					return
				}
				t.Errorf("%s: the message of %s is not written out", tmpl.Name(), c)
			}
		})
	}
}

// pageTemplates are the report's templates in English.
func pageTemplates(t *testing.T) *template.Template {
	t.Helper()
	all, err := pages.In(language.English)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// liveTemplates are those of the page of a study that is being trained.
func liveTemplates(t *testing.T) []*template.Template {
	none := func(...any) string { return "" }
	functions := template.FuncMap{}
	for _, name := range []string{"duration", "percent", "short", "runs", "write", "read", "minus"} {
		functions[name] = none
	}
	made, err := template.New("live").Funcs(functions).Funcs(language.English.Funcs()).ParseFS(os.DirFS("live"), "page/*.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	return made.Templates()
}

// walkNodes visits every command of a template.
func walkNodes(n parse.Node, visit func(*parse.CommandNode)) {
	pipe := func(p *parse.PipeNode) {
		if p == nil {
			return
		}
		for _, c := range p.Cmds {
			visit(c)
			for _, a := range c.Args {
				walkNodes(a, visit)
			}
		}
	}
	branch := func(b parse.BranchNode) {
		pipe(b.Pipe)
		if b.List != nil {
			walkNodes(b.List, visit)
		}
		if b.ElseList != nil {
			walkNodes(b.ElseList, visit)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, x := range n.Nodes {
			walkNodes(x, visit)
		}
	case *parse.ActionNode:
		pipe(n.Pipe)
	case *parse.PipeNode:
		pipe(n)
	case *parse.IfNode:
		branch(n.BranchNode)
	case *parse.RangeNode:
		branch(n.BranchNode)
	case *parse.WithNode:
		branch(n.BranchNode)
	case *parse.TemplateNode:
		pipe(n.Pipe)
	}
}

// TestJapanesePages has no English on the Japanese page of a fixture, beside names,
// and commands.
func TestJapanesePages(t *testing.T) {
	for name, in := range languageFixtures(t) {
		t.Run(name, func(t *testing.T) {
			in.Language = language.Japanese
			var page strings.Builder
			if err := HTML(&page, in); err != nil {
				t.Fatal(err)
			}
			if dir := os.Getenv("SHAREWISE_PAGES"); dir != "" { // to look at them
				for _, l := range language.All {
					in.Language = l
					if err := WriteHTML(filepath.Join(dir, name+"-"+l.Tag()+".html"), in); err != nil {
						t.Fatal(err)
					}
				}
			}
			if !strings.Contains(page.String(), `<html lang="ja">`) {
				t.Error("the page does not say that it is Japanese")
			}
			for _, words := range englishIn(page.String(), allowedWords(t, in)) {
				t.Errorf("English on the page: %q", words)
			}
			if strings.ContainsAny(page.String(), "\x02\x03\x1f") {
				t.Error("a text was not written")
			}
			if strings.Contains(page.String(), "%!") {
				t.Error("a message has other arguments than its format")
			}
		})
	}
}

// languageFixtures are studies that fill most sections: settled, indifferent, open,
// and without groups.
func languageFixtures(t *testing.T) map[string]*Input {
	out := map[string]*Input{"parts": fixture(t)}
	for name, v := range map[string]struct{ scale, width float64 }{"settled": {1, 0.01}, "indifferent": {0.02, 0.002}, "open": {0.5, 0.3}} {
		in := fixture(t)
		for i := range in.Results.Gains {
			g := &in.Results.Gains[i]
			g.Relative.Value *= v.scale
			g.Relative.Lo, g.Relative.Hi = g.Relative.Value-v.width, g.Relative.Value+v.width
		}
		groups, err := grouping.RecommendResults(in.Results, grouping.Options{Draws: 200, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		in.Groups = groups
		out[name] = in
	}
	ungrouped := fixture(t)
	ungrouped.Groups = nil
	out["ungrouped"] = ungrouped
	out["everything"] = everything(t)
	out["mixed"] = mixedFixture(t, []string{"boards", "sheet", "waves"}, []string{"w0.5", "w1", "w2"})
	impossible := fixture(t)
	impossible.Pools = plannedOf(t, impossible, gaintable.Options{MaxModels: 1, Constraints: solve.Constraints{CannotLink: [][]string{{"bolts", "rivets"}}}})
	out["impossible"] = impossible
	return out
}

// TestFirstPage says what the study has measured, and that it has not measured the
// rest.
func TestFirstPage(t *testing.T) {
	for name, want := range map[string]grouping.Firmness{"settled": grouping.Clear, "indifferent": grouping.Even, "open": grouping.Open} {
		in := languageFixtures(t)[name]
		if in.Groups.Firmness != want {
			t.Errorf("%s: the fixture is %s", name, in.Groups.Firmness)
		}
		d := newPage(in).Director
		if len(d.Numbers) != 3 || len(d.Next) == 0 || len(d.Stop) == 0 || len(d.Checklist) < 5 || len(d.Phrases) < 4 {
			t.Errorf("%s: %+v", name, d)
		}
		for _, c := range d.Checklist {
			if c.Why == "" || !c.Done && c.Command == "" {
				t.Errorf("%s: %s says neither why nor what would do it", name, c.Topic)
			}
		}
		if money := d.Checklist[len(d.Checklist)-1]; money.Done || !strings.Contains(english(d.Phrases)[len(d.Phrases)-1-len(d.Stop)], "we have not worked out yet") {
			t.Errorf("%s: nobody gave prices, and the page says %s", name, money.Why)
		}
		stop := d.Stop[0].String()
		if begins := map[bool]string{true: "Stop measuring", false: "Go on until"}[want != grouping.Open]; !strings.HasPrefix(stop, begins) {
			t.Errorf("%s: the rule is %q", name, stop)
		}
	}
	in := languageFixtures(t)["ungrouped"]
	for _, n := range newPage(in).Director.Numbers {
		if n.Figure != noData {
			t.Errorf("without groups, %s is %s", n.Label, n.Figure)
		}
	}
}

var (
	unseen     = regexp.MustCompile(`(?s)<style>.*?</style>|<script>.*?</script>|<code>.*?</code>|<[^>]*?>`)
	spoken     = regexp.MustCompile(`(?:aria-label|alt|title)="([^"]*)"`)
	wordsInRow = regexp.MustCompile(`[A-Za-z]{3,}[ ,]+[A-Za-z]{3,}[ ,]+[A-Za-z]{3,}`)
	runOfWords = regexp.MustCompile(`[A-Za-z][A-Za-z'’]+(?:[ ,]+[A-Za-z][A-Za-z'’]+)*`)
)

// englishIn lists runs of English words that readers and screen readers meet.
func englishIn(page string, allowed map[string]bool) []string {
	var texts []string
	for _, m := range spoken.FindAllStringSubmatch(page, -1) {
		texts = append(texts, m[1])
	}
	texts = append(texts, unseen.ReplaceAllString(page, "\n"))
	seen := map[string]bool{}
	for _, text := range texts {
		for _, run := range runOfWords.FindAllString(html.UnescapeString(text), -1) {
			for _, word := range strings.FieldsFunc(run, func(r rune) bool { return r == ' ' || r == ',' }) {
				if !allowed[strings.ToLower(word)] {
					seen[spaces.ReplaceAllString(run, " ")] = true
				}
			}
		}
	}
	var out []string
	for run := range seen {
		out = append(out, run)
	}
	slices.Sort(out)
	return out
}

// allowedWords are names of the study, of programs, files, keys and measures.
func allowedWords(t *testing.T, in *Input) map[string]bool {
	allowed := map[string]bool{}
	for _, w := range strings.Fields("sharewise auc json summary tables groups sha study yaml out random group split folds exclude suspects list min max exp laplacian with pools merge subgroups affinity remedies sources try seeds data text html ad mae kos log decay rate static famo gap") {
		allowed[w] = true
	}
	for _, w := range strings.Fields("north south west jpy owner owners orchard works contract of parts audit cracked good scratch dent night shift odd things parts") { // names of fixtures
		allowed[w] = true
	}
	files, err := json.Marshal([]any{in.Results.Study, in.Results.Title, in.Results.Rungs, in.Results.Weightings, in.Results.Domains, in.Exemplars})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range runOfWords.FindAllString(string(files), -1) {
		for _, x := range strings.FieldsFunc(w, func(r rune) bool { return r == ' ' || r == ',' }) {
			allowed[strings.ToLower(x)] = true
		}
	}
	return allowed
}

// TestJapaneseOfFiles recognises what other packages write.
func TestJapaneseOfFiles(t *testing.T) {
	for english, want := range map[string]string{
		"models of a and b alone learned nothing":                                                                                                                                "aとbの単独モデルは何も学習できていません",
		"few seeds (independent 3, arm 4): intervals are wide":                                                                                                                   "シードが少なく（単独3、共有4）、信頼区間は広くなります",
		"2 of 96 planned runs are missing: figures rest on those that are done":                                                                                                  "計画した学習96回のうち2回が未完了で、数字は完了した分によるものです",
		"errors alone say with 19% probability that another grouping is better by more than the tolerance":                                                                       "誤りだけで見ると、許容差を超えて優れた分け方がほかにある確率が19%あります",
		"With adapters by domain, usps no longer loses in joint: gain −4.0% before, +1.0% after.":                                                                                "ドメイン別アダプターにより、jointでのuspsの損がなくなりました（改善率：以前−4.0%、以後+1.0%）。",
		"3 remedies were tested with 5 seeds; with a probability of 95%, no word of help or harm to these domains is wrong.":                                                     "対策3件を5シードで検定しました。95%の確率で、これらのドメインへの効果・害の判定に誤りはありません。",
		"Money is counted for 36 months. What is spent at the start counts in full, everything else at the end of its month, discounted by 5 % a year. Prices stay as they are.": "金額は36か月について計算しています。初期費用は全額、それ以外は各月末に年5%で割り引きます。価格は変わらないものとします。",
		"No gain has limits, so nothing can be said about how firm the groups are.":                                                                                              "改善率に信頼区間がないため、グループ分けの確からしさについては何も言えません。",
	} {
		if got := language.Japanese.Write(wording.Written(english)); strings.TrimSuffix(got, "。") != strings.TrimSuffix(want, "。") {
			t.Errorf("%q reads %q, want %q", english, got, want)
		}
	}
	if language.Japanese.Reads("something that no package says") {
		t.Error("an unknown sentence is taken for a message")
	}
}

// TestNoOtherFilesOfTemplates keeps templates where the test of messages looks.
func TestNoOtherFilesOfTemplates(t *testing.T) {
	all := pageTemplates(t)
	err := fs.WalkDir(os.DirFS("page"), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".tmpl") && all.Lookup(path) == nil {
			t.Errorf("%s is not among the templates", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
