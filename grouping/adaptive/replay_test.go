package adaptive

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
)

// trained is a study that was trained with many seeds, read once.
type trained struct {
	names []string
	most  int
	arms  map[string]map[int]map[string][]bool // wrong, by arm's domains, seed and domain
}

func openTrained(folder layout.Folder) (*trained, error) {
	plan, err := folder.ReadPlan()
	if err != nil {
		return nil, err
	}
	out := &trained{arms: map[string]map[int]map[string][]bool{}}
	for _, d := range plan.Domains {
		out.names = append(out.names, d.Name)
	}
	for _, r := range plan.Runs {
		done, err := folder.Run(r.ID).ReadDone(r.Hash)
		if err != nil {
			return nil, err
		}
		if done == nil || done.Status != layout.Finished || r.Arm != study.Independent && r.Weighting.Name != plan.Weightings[0] {
			continue
		}
		key := fmt.Sprint(r.Domains)
		if out.arms[key] == nil {
			out.arms[key] = map[int]map[string][]bool{}
		}
		wrong := map[string][]bool{}
		for t, err := range losses.Batches(folder.Run(r.ID).Losses()) {
			if err != nil {
				return nil, err
			}
			for i, name := range t.Domain {
				wrong[name] = append(wrong[name], !t.Correct[i])
			}
		}
		out.arms[key][r.Seed] = wrong
	}
	for _, seeds := range out.arms {
		if n := len(seeds); out.most == 0 || n < out.most {
			out.most = n
		}
	}
	return out, nil
}

// replay draws from the seeds that were trained, in another order. Apart, every arm
// has an order of its own, so that no two runs of one number are of one seed. The
// truth are the gains by all seeds, on these test samples.
func (s *trained) replay(seed uint64, paired bool) *world {
	w := &world{names: s.names, seed: seed, most: s.most, cells: map[string]*plantedCell{}, measured: map[string]float64{}}
	for range s.names {
		w.brings = append(w.brings, make([]float64, len(s.names)))
	}
	if paired {
		w.correlation = pairedBy // that some is there; analysis measures it
	}
	order := rand.New(rand.NewPCG(seed, 7)).Perm(s.most)
	for at, pool := range w.arms() {
		var names []string
		for _, j := range pool {
			names = append(names, s.names[j])
		}
		if !paired {
			order = rand.New(rand.NewPCG(seed, uint64(100+at))).Perm(s.most)
		}
		seeds := s.arms[fmt.Sprint(names)]
		numbers := make([]int, 0, len(seeds))
		for k := range seeds {
			numbers = append(numbers, k)
		}
		slices.Sort(numbers)
		for _, j := range pool {
			c := &plantedCell{}
			for _, k := range order {
				c.wrong = append(c.wrong, seeds[numbers[k]][s.names[j]])
			}
			w.cells[fmt.Sprint(pool, j)] = c
			if len(pool) > 1 {
				g := 1 - mean(c.wrong)/mean(w.cells[fmt.Sprint([]int{j}, j)].wrong)
				w.measured[fmt.Sprint(pool, j)] = g
				if len(pool) == 2 {
					w.brings[j][pool[0]+pool[1]-j] = g
				}
			}
		}
	}
	return w
}

func mean(runs [][]bool) float64 {
	sum := 0.0
	for _, r := range rates(runs) {
		sum += r / float64(len(runs[0]))
	}
	return sum
}

// BenchmarkReplay prints rows of testdata/trainings.md for studies that were trained
// with many seeds, in the folders that SHAREWISE_REPLAY lists:
// go test ./grouping/adaptive -run=^$ -bench=Replay -benchtime=1x.
func BenchmarkReplay(b *testing.B) {
	folders := filepath.SplitList(os.Getenv("SHAREWISE_REPLAY"))
	if len(folders) == 0 {
		b.Skip("SHAREWISE_REPLAY names no folder")
	}
	for range b.N {
		for _, folder := range folders {
			s, err := openTrained(layout.Folder(folder))
			if err != nil {
				b.Fatal(err)
			}
			name := filepath.Base(filepath.Dir(filepath.Clean(folder)))
			printTallies(b, fmt.Sprintf("%d | %s, %d seeds", len(s.names), name, s.most), 4, func(seed uint64) (apart, paired *world) {
				return s.replay(seed, false), s.replay(seed, true)
			})
		}
	}
}
