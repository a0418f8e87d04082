package gaintable

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// describe lists what a table says, a line for each gain.
func describe(tab *Table) string {
	var b strings.Builder
	for _, p := range tab.Pools {
		for i, j := range p.Serves {
			fmt.Fprintf(&b, "%s %s %.4g %g", strings.Join(tab.names(p.Train), "+"), tab.Domains[j], p.Gain[i], p.Cost)
			if !math.IsNaN(p.Lo[i]) {
				fmt.Fprintf(&b, " [%.4g %.4g]", p.Lo[i], p.Hi[i])
			}
			if p.Source != Listed {
				fmt.Fprintf(&b, " %s", p.Source)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func TestRead(t *testing.T) {
	const plain = "a+b a 0.1 1\na+b b -0.2 1\na a 0 1 assumed\nb b 0 1 assumed\n"
	for _, c := range []struct {
		name, file, text, want string
		how                    Reading
	}{
		{"plain", "t.csv", "pool,target,gain\na+b,a,0.1\na+b,b,-0.2\n", plain, Reading{}},
		{"order of names", "t.csv", "pool,target,gain\na+b,a,0.1\nb+a,b,-0.2\n", plain, Reading{}},
		{"byte-order mark and CRLF", "t.csv", "\ufeffpool,target,gain\r\na+b,a,0.1\r\na+b,b,-0.2\r\n", plain, Reading{}},
		{"blanks, capitals, other order", "t.csv", " Gain ,Target, POOL\n0.1, a ,a + b\n-0.2,b, a+b\n", plain, Reading{}},
		{"no last line end", "t.csv", "pool,target,gain\na+b,a,0.1\na+b,b,-0.2", plain, Reading{}},
		{"empty lines", "t.csv", "pool,target,gain\n\na+b,a,0.1\n\na+b,b,-0.2\n\n", plain, Reading{}},
		{"tabs", "t.tsv", "pool\ttarget\tgain\na+b\ta\t0.1\na+b\tb\t-0.2\n", plain, Reading{}},
		{"decimal comma", "t.csv", "pool;target;gain\na+b;a;0,1\na+b;b;-0,2\n", plain, Reading{}},
		{"exponents", "t.csv", "pool,target,gain\na+b,a,1e-1\na+b,b,-2E-1\n", plain, Reading{}},
		{"repeated row", "t.csv", "pool,target,gain\na+b,a,0.1\na+b,a,0.1\nb+a,b,-0.2\n", plain, Reading{}},
		{"quoted names", "t.csv", "pool,target,gain\n\"line 1, left+line 2\",\"line 1, left\",0.1\n",
			"line 1, left+line 2 line 1, left 0.1 1\nline 1, left line 1, left 0 1 assumed\nline 2 line 2 0 1 assumed\n", Reading{}},
		{"numbers as names", "t.csv", "pool,target,gain\n1+2,1,0.1\n1+2,2,-0.2\n",
			"1+2 1 0.1 1\n1+2 2 -0.2 1\n1 1 0 1 assumed\n2 2 0 1 assumed\n", Reading{}},
		{"cost in one row", "t.csv", "pool,target,gain,cost\na+b,a,0.1,\na+b,b,-0.2,1.5\n",
			"a+b a 0.1 1.5\na+b b -0.2 1.5\na a 0 1 assumed\nb b 0 1 assumed\n", Reading{}},
		{"costs of one sum", "t.csv", "pool,target,gain,cost\na+b,a,0.1,0.3\nb+a,b,-0.2,0.30000000000000004\n",
			"a+b a 0.1 0.3\na+b b -0.2 0.3\na a 0 1 assumed\nb b 0 1 assumed\n", Reading{}},
		{"domain alone", "t.csv", "pool,target,gain,cost\na,a,0.05,0.5\na+b,b,0.1,\n",
			"a a 0.05 0.5\na+b b 0.1 1\nb b 0 1 assumed\n", Reading{}},
		{"limits", "t.csv", "pool,target,gain,lo,hi\na+b,a,0.1,0,0.3\na+b,b,-0.2,,\n",
			"a+b a 0.1 1 [0 0.3]\na+b b -0.2 1\na a 0 1 assumed\nb b 0 1 assumed\n", Reading{}},
		{"losses", "t.csv", "pool,target,loss,lo,hi\na,a,0.5,0.4,0.6\nb,b,2,,\na+b,a,0.4,0.3,0.6\na+b,b,3,,\n",
			"a a 0 1\nb b 0 1\na+b a 0.2 1 [-0.2 0.4]\na+b b -0.5 1\n", Reading{}},
		{"differences of losses", "t.csv", "pool,target,loss\na,a,0\nb,b,2\na+b,a,0.4\na+b,b,3\n",
			"a a 0 1\nb b 0 1\na+b a -0.4 1\na+b b -1 1\n", Reading{Differences: true}},
	} {
		table, err := Read(write(t, c.file, c.text), c.how)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if got := describe(table); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", ": is empty"},
		{"header only", "pool,target,gain\n", ": has no rows"},
		{"no gain", "pool,target\na,a\n", "t.csv:1: there is neither a column \"gain\" nor a column \"loss\""},
		{"both", "pool,target,gain,loss\na,a,0,1\n", "t.csv:1: there are columns"},
		{"typo", "pool,target,gain,costs\na,a,0,1\n", "t.csv:1: column \"costs\" is not known; did you mean \"cost\"?"},
		{"twice", "pool,target,gain,gain\na,a,0,1\n", "t.csv:1: column \"gain\" occurs twice"},
		{"one limit", "pool,target,gain,lo\na,a,0,0\n", "t.csv:1: limits need both"},
		{"plus in a target", "pool,target,gain\na+b,a+b,0.1\n", "t.csv:2: target \"a+b\": a name may not hold a +"},
		{"target elsewhere", "pool,target,gain\na+b,a,0.1\na+b,c,0.1\n", "t.csv:3: target c is not in the pool a+b"},
		{"name missing", "pool,target,gain\na++b,a,0.1\n", "t.csv:2: pool \"a++b\": a name is missing"},
		{"name twice", "pool,target,gain\na+a,a,0.1\n", "t.csv:2: pool \"a+a\" names a twice"},
		{"no target", "pool,target,gain\na+b,,0.1\n", "t.csv:2: the target is missing"},
		{"no gain in a row", "pool,target,gain\na+b,a,0.1\na+b,b,\n", "t.csv:3: column \"gain\" is empty"},
		{"not a number", "pool,target,gain\na+b,a,much\n", "t.csv:2: column \"gain\": \"much\" is not a number"},
		{"NaN", "pool,target,gain\na+b,a,NaN\n", "t.csv:2: column \"gain\": NaN is not a finite number"},
		{"infinite", "pool,target,gain\na+b,a,inf\n", "t.csv:2: column \"gain\": inf is not a finite number"},
		{"out of range", "pool,target,gain\na+b,a,1e999\n", "t.csv:2: column \"gain\""},
		{"costs", "pool,target,gain,cost\na+b,a,0.1,1\nb+a,b,0.1,2\n", "t.csv:3: pool b+a costs 2 here and 1 in line 2"},
		{"negative cost", "pool,target,gain,cost\na+b,a,0.1,-1\n", "t.csv:2: cost -1 is negative"},
		{"other figures", "pool,target,gain\na+b,a,0.1\nb+a,a,0.2\n", "t.csv:3: pool b+a has another row for a in line 2"},
		{"outside limits", "pool,target,gain,lo,hi\na+b,a,0.1,0.2,0.3\n", "t.csv:2: gain 0.1 lies outside its limits [0.2, 0.3]"},
		{"one limit empty", "pool,target,gain,lo,hi\na+b,a,0.1,0,\n", "t.csv:2: one of lo and hi is empty"},
		{"too many fields", "pool,target,gain\na+b,a,0.1,5,6,7\n", "t.csv:2: has 6 fields, the header has 3"},
		{"too few fields", "pool,target,gain\na+b,a,0.1\na+b\n", "t.csv:3: has 1 fields, the header has 3"},
		{"no single", "pool,target,loss\na,a,1\na+b,b,1\n", "t.csv: there is no row of b alone"},
		{"no loss alone", "pool,target,loss\na,a,0\n", "t.csv:2: the loss of a alone is 0"},
	} {
		path := write(t, "t.csv", c.text)
		_, err := Read(path, Reading{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s", c.name, err, c.want)
			continue
		}
		if !errors.Is(err, ErrTable) {
			t.Errorf("%s: %v is not ErrTable", c.name, err)
		}
	}
	if _, err := Read(filepath.Join(t.TempDir(), "none.csv"), Reading{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
}

func TestReadNotes(t *testing.T) {
	table, err := Read(write(t, "t.csv", "pool,target,gain,author\na+b,a,0.1,x\na+b,a,0.1,y\n"), Reading{})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(table.Notes, " "); !strings.Contains(got, "author") || !strings.Contains(got, "1 row repeats another and counts once.") {
		t.Errorf("notes %q", got)
	}
}

func TestReadParquet(t *testing.T) {
	type small struct {
		Pool   string   `parquet:"pool,dict"`
		Target string   `parquet:"target"`
		Gain   float32  `parquet:"gain"`
		Cost   *int32   `parquet:"cost,optional"`
		Lo     *float64 `parquet:"lo,optional"`
		Hi     *float64 `parquet:"hi,optional"`
	}
	cost := int32(2)
	path := filepath.Join(t.TempDir(), "t.parquet")
	if err := parquet.WriteFile(path, []small{{Pool: "a+b", Target: "a", Gain: 0.5, Cost: &cost}, {Pool: "b+a", Target: "b", Gain: -0.25}}); err != nil {
		t.Fatal(err)
	}
	table, err := Read(path, Reading{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := describe(table), "a+b a 0.5 2\na+b b -0.25 2\na a 0 1 assumed\nb b 0 1 assumed\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	type wrong struct {
		Pool   string `parquet:"pool"`
		Target string `parquet:"target"`
		Gain   string `parquet:"gain"`
	}
	for name, rows := range map[string]any{
		"text":  []wrong{{"a+b", "a", "0.5"}},
		"plain": []small{{Pool: "a+b", Target: "a", Gain: float32(math.NaN())}},
	} {
		path := filepath.Join(t.TempDir(), "t.parquet")
		var err error
		switch rows := rows.(type) {
		case []wrong:
			err = parquet.WriteFile(path, rows)
		case []small:
			err = parquet.WriteFile(path, rows)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path, Reading{}); !errors.Is(err, ErrTable) || !strings.Contains(err.Error(), "gain") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// FuzzRead makes sure that no table makes the reader panic.
func FuzzRead(f *testing.F) {
	f.Add("pool,target,gain,cost\na+b,a,0.1,1\nb+a,b,0.2,\n")
	f.Add("\ufeffpool;target;loss;lo;hi\r\na;a;1,5;1;2\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := readText("t.csv", strings.NewReader(text), Reading{})
		if err != nil {
			alteration.Plain(t, err)
			return
		}
		if _, err := table.Choose(Options{MaxModels: 2, Helpers: true, Draws: -1}); err != nil && table == nil {
			t.Fatal(err)
		}
	})
}
