package solve

import (
	"bufio"
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestCBC compares both problems with COIN-OR's branch and cut on integer programs
// of 12 to 15 domains, written from the definition of the problems: a variable for
// each pool, and in a cover one for each domain that it can serve.
func TestCBC(t *testing.T) {
	cbc, err := exec.LookPath("cbc")
	if err != nil {
		if os.Getenv("SHAREWISE_TESTS") == "all" {
			t.Fatal("cbc is missing: install coinor-cbc")
		}
		t.Skip("cbc is not installed")
	}
	for n := 12; n <= 15; n++ {
		for _, helpers := range []bool{false, true} {
			for seed := range 3 {
				p := program(rand.New(rand.NewPCG(uint64(seed), uint64(n))), n, helpers)
				s, err := Solve(p)
				if err != nil {
					t.Fatalf("%d domains, helpers %v, seed %d: %v", n, helpers, seed, err)
				}
				if err := verify(p, s); err != nil {
					t.Errorf("%d domains, helpers %v, seed %d: %v", n, helpers, seed, err)
				}
				want := runCBC(t, cbc, p)
				if !s.Optimal || math.Abs(s.Value-want) > 1e-6 {
					t.Errorf("%d domains, helpers %v, seed %d: value %v, optimal %v; cbc finds %v", n, helpers, seed, s.Value, s.Optimal, want)
				}
			}
		}
	}
}

// program is a problem with some hundreds of pools, costs, a budget and a bound.
func program(r *rand.Rand, n int, helpers bool) *Problem {
	p := &Problem{Domains: n, Helpers: helpers, MaxPools: n/2 + 1, Budget: 0.5 * float64(n)}
	pools := 400
	if helpers {
		pools = 150
	}
	seen := map[Set]bool{}
	for j := range n {
		p.Pools = append(p.Pools, Pool{Train: SetOf(j), Gain: []float64{0}, Cost: 0.75})
	}
	for len(p.Pools) < pools {
		var train Set
		for range 2 + r.IntN(4) {
			train = train.With(r.IntN(n))
		}
		if train.Count() < 2 || seen[train] {
			continue
		}
		seen[train] = true
		q := Pool{Train: train, Cost: 0.5 + 0.25*float64(r.IntN(5))}
		for range train.Count() {
			q.Gain = append(q.Gain, math.Round(1e4*(0.05+0.1*r.NormFloat64()))/1e4)
		}
		p.Pools = append(p.Pools, q)
	}
	return p
}

// runCBC writes the problem as an integer program and returns the optimum.
func runCBC(t *testing.T, cbc string, p *Problem) float64 {
	t.Helper()
	var goal, rows, binary strings.Builder
	serve := make([][]string, p.Domains)
	var count, cost []string
	for k, q := range p.Pools {
		y := fmt.Sprint("y", k)
		fmt.Fprintf(&binary, " %s\n", y)
		count = append(count, y)
		cost = append(cost, fmt.Sprintf("%.10g %s", q.Cost, y))
		total := 0.0
		for i, j := range q.Train.Members() {
			x := y
			if p.Helpers {
				x = fmt.Sprintf("x%d_%d", k, j)
				fmt.Fprintf(&binary, " %s\n", x)
				fmt.Fprintf(&rows, " %s - %s <= 0\n", x, y)
				fmt.Fprintf(&goal, " %+.10g %s\n", q.Gain[i], x)
			}
			serve[j] = append(serve[j], x)
			total += q.Gain[i]
		}
		if !p.Helpers {
			fmt.Fprintf(&goal, " %+.10g %s\n", total, y)
		}
	}
	for _, list := range serve {
		fmt.Fprintf(&rows, " %s = 1\n", strings.Join(list, "\n + "))
	}
	fmt.Fprintf(&rows, " %s <= %d\n", strings.Join(count, "\n + "), p.MaxPools)
	fmt.Fprintf(&rows, " %s <= %g\n", strings.Join(cost, "\n + "), p.Budget)
	dir := t.TempDir()
	file, out := filepath.Join(dir, "p.lp"), filepath.Join(dir, "solution")
	text := "Maximize\n obj:" + goal.String() + "Subject To\n" + rows.String() + "Binaries\n" + binary.String() + "End\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	log, err := exec.Command(cbc, file, "ratioGap", "0", "allowableGap", "0", "solve", "solution", out).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, log)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatalf("%v: %s", err, log)
	}
	// The value is added up here from the chosen variables.
	lines := bufio.NewScanner(bytes.NewReader(data))
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), "Optimal") {
		t.Fatalf("cbc says %q", lines.Text())
	}
	sum := 0.0
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) < 3 {
			continue
		}
		value, err := strconv.ParseFloat(f[2], 64)
		if err != nil || value < 0.5 {
			continue
		}
		var k, j int
		if p.Helpers {
			if n, _ := fmt.Sscanf(f[1], "x%d_%d", &k, &j); n < 2 {
				continue
			}
		} else if n, _ := fmt.Sscanf(f[1], "y%d", &k); n < 1 {
			continue
		}
		for i, m := range p.Pools[k].Train.Members() {
			if !p.Helpers || m == j {
				sum += p.Pools[k].Gain[i]
			}
		}
	}
	return sum
}
