package affinity

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/internal/published"
)

var update = flag.Bool("update", false, "write testdata/studies/affinity/published.json again")

// table is an estimator whose scores others published, for every pool.
type table struct {
	name  string
	pools int
	score map[string][]Estimate
}

func (e *table) Method() Method { return Method{Name: e.name, Pools: e.pools} }

func (e *table) Score(pool []int) []Estimate { return e.score[fmt.Sprint(pool)] }

// gains reads membership and gains of subsets of tasks as MTG-Net stores them.
func gains(t *testing.T, members, values string) []grouping.Pool {
	var out []grouping.Pool
	y := published.Numbers(t, values)
	for k, x := range published.Numbers(t, members) {
		var p grouping.Pool
		for i, in := range x {
			if in == 1 {
				p.Members, p.Gain = append(p.Members, i), append(p.Gain, y[k][i])
			}
		}
		if len(p.Members) > 1 {
			out = append(out, p)
		}
	}
	return out
}

// tableOf makes an estimator of such values.
func tableOf(t *testing.T, name string, pools int, members, values string) Estimator {
	e := &table{name, pools, map[string][]Estimate{}}
	for _, p := range gains(t, members, values) {
		for _, v := range p.Gain {
			e.score[fmt.Sprint(p.Members)] = append(e.score[fmt.Sprint(p.Members)], Estimate{v, math.NaN()})
		}
	}
	return e
}

// standley reads losses of subsets of five tasks: the first row holds single tasks
// at half size, the next five at full size.
func standley(t *testing.T, path string) []grouping.Pool {
	var out []grouping.Pool
	all := published.Numbers(t, path)
	for _, row := range all[6:] {
		var p grouping.Pool
		for i := range row {
			if alone := all[1+i][i]; finite(row[i]) {
				p.Members, p.Gain = append(p.Members, i), append(p.Gain, (alone-row[i])/alone)
			}
		}
		out = append(out, p)
	}
	return out
}

// checkPublished compares with what the repository keeps, or writes it.
func checkPublished(t *testing.T, name string, got any) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", " ")
	if err := enc.Encode(got); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("..", "..", "testdata", "studies", "affinity", "published-"+name)
	if *update {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), want) {
		t.Errorf("%s differs from what the tables give now; look at the difference and run with -update", path)
	}
}
