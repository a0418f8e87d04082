package affinity

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/grouping"
)

var update = flag.Bool("update", false, "write testdata/studies/affinity/published.json again")

// published is the folder of result tables of others; the test is skipped where it
// is not there. testdata/studies/affinity/README.md says where they are from.
func published(t *testing.T) string {
	t.Helper()
	data := cmp.Or(os.Getenv("SHAREWISE_DATA"), filepath.Join("..", "..", "..", "shared", "data"))
	dir := filepath.Join(data, "published")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("%s is not there: set SHAREWISE_DATA to the folder that holds published/", dir)
	}
	return dir
}

// rows reads numbers parted by commas, tabs or spaces; an empty field is NaN.
func rows(t *testing.T, path string) [][]float64 {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]float64
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		line := strings.TrimSuffix(lines.Text(), "\r")
		var fields []string
		switch {
		case strings.Contains(line, "\t"):
			fields = strings.Split(line, "\t")
		case strings.Contains(line, ","):
			fields = strings.Split(line, ",")
		default:
			fields = strings.Fields(line)
		}
		var row []float64
		for _, f := range fields {
			v := math.NaN()
			if f = strings.TrimSpace(f); f != "" {
				if v, err = strconv.ParseFloat(f, 64); err != nil {
					t.Fatal(err)
				}
			}
			row = append(row, v)
		}
		out = append(out, row)
	}
	return out
}

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
	y := rows(t, values)
	for k, x := range rows(t, members) {
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
	all := rows(t, path)
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
