package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// Tables of losses are of so many domains and runs a side.
const (
	columnsDomains = 5
	columnsSeeds   = 10
)

// columns is the row about the comparison of loss tables: transfer, interference,
// floor and difference with intervals by us, the same point figures by DuckDB.
// Both read the same Parquet files.
func (s *settings) columns() contest {
	samples := 1_000_000
	if s.whole == 0 {
		samples = 20_000
	}
	millions := float64(2*columnsDomains*columnsSeeds*samples) / 1e6
	return contest{
		name: "columns", title: fmt.Sprintf("compare: %.0f million rows of Parquet, against DuckDB", millions), target: 1,
		rounds: max(3, s.whole), memory: true,
		open: func(ctx context.Context) (contender, contender, error) {
			folder, err := filepath.Abs(filepath.Join(s.store, fmt.Sprintf("columns-%d", samples)))
			if err != nil {
				return nil, nil, err
			}
			if err := writeColumns(ctx, folder, samples); err != nil {
				return nil, nil, err
			}
			c := &comparison{s: s, folder: folder}
			theirs := &command{name: "DuckDB", run: c.theirs}
			if _, err := theirs.run(ctx); err != nil { // tells the version, and warms the files
				return nil, nil, err
			}
			theirs.name = fmt.Sprintf("DuckDB %s, %d threads", c.version, columnsThreads)
			return &command{name: "sharewise", run: c.ours}, theirs, nil
		},
	}
}

// columnsThreads is what DuckDB may use, as we do.
const columnsThreads = 2

// writeColumns writes the tables, unless they are all there.
func writeColumns(ctx context.Context, folder string, samples int) error {
	done := filepath.Join(folder, "done")
	if _, err := os.Stat(done); err == nil {
		return nil
	}
	if err := fresh(folder); err != nil {
		return err
	}
	_, err := output(exec.CommandContext(ctx, "go", "run", "./testdata/peers/columns", "-out", folder,
		"-domains", fmt.Sprint(columnsDomains), "-seeds", fmt.Sprint(columnsSeeds), "-samples", fmt.Sprint(samples)))
	if err != nil {
		return err
	}
	return os.WriteFile(done, nil, 0o644)
}

// comparison is the same question to both, and what they answered.
type comparison struct {
	s      *settings
	folder string

	mu      sync.Mutex
	version string
	deltas  map[string]float64 // by domain, as the first who answered says
}

func (c *comparison) ours(ctx context.Context) (figure, error) {
	f, out, err := finish(exec.CommandContext(ctx, c.s.bin, "compare", "--json",
		"--independent", filepath.Join(c.folder, "independent", "*.parquet"), "--arm", filepath.Join(c.folder, "joint", "*.parquet")))
	if err != nil {
		return figure{}, err
	}
	var told struct {
		Effects []struct {
			Domain string
			Delta  struct{ Value float64 }
		}
	}
	if err := json.Unmarshal(out, &told); err != nil {
		return figure{}, fmt.Errorf("sharewise compare: %w", err)
	}
	deltas := map[string]float64{}
	for _, e := range told.Effects {
		deltas[e.Domain] = e.Delta.Value
	}
	return f, c.agree(deltas)
}

// theirs counts the seconds of the query alone, without those that node and
// DuckDB take to start.
func (c *comparison) theirs(ctx context.Context) (figure, error) {
	cmd := exec.CommandContext(ctx, "node", filepath.Join(c.s.scripts, "..", "columns", "columns.mjs"), c.folder, fmt.Sprint(columnsThreads))
	modules, err := filepath.Abs(filepath.Join(c.s.store, "node", "node_modules"))
	if err != nil {
		return figure{}, err
	}
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	f, out, err := finish(cmd)
	if err != nil {
		return figure{}, fmt.Errorf("%w; 'make peers-install' gets DuckDB", err)
	}
	var told struct {
		DuckDB  string
		Seconds float64
		Rows    []struct {
			Domain string
			Delta  float64
		}
	}
	if err := json.Unmarshal(out, &told); err != nil {
		return figure{}, fmt.Errorf("columns.mjs: %w", err)
	}
	c.version, f.Seconds = told.DuckDB, told.Seconds
	deltas := map[string]float64{}
	for _, r := range told.Rows {
		deltas[r.Domain] = r.Delta
	}
	return f, c.agree(deltas)
}

// agree makes sure that both computed the same.
func (c *comparison) agree(deltas map[string]float64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.deltas == nil {
		c.deltas = deltas
	}
	if len(deltas) != columnsDomains {
		return fmt.Errorf("there are differences of %d domains, not of %d", len(deltas), columnsDomains)
	}
	for d, v := range deltas {
		if w, ok := c.deltas[d]; !ok || !(math.Abs(v-w) < 1e-9) {
			return fmt.Errorf("the two disagree on domain %s: %g and %g", d, v, w)
		}
	}
	return nil
}
