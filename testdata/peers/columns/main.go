// Command columns writes loss tables as a study's runs do, to measure how fast
// they are compared: a folder independent with one file per domain and seed, and
// a folder joint with one file per seed. columns.mjs computes the same point
// figures from them in DuckDB.
//
//	go run ./testdata/peers/columns -out DIR -domains 5 -seeds 5 -samples 400000
//
// has 2 · domains · seeds · samples rows, 20 million here. Equal flags give
// equal bytes.
package main

import (
	"flag"
	"fmt"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
)

func main() {
	log.SetFlags(0)
	out := flag.String("out", "", "folder to write to")
	domains := flag.Int("domains", 5, "number of domains")
	seeds := flag.Int("seeds", 5, "seeds of the independent runs, and of the joint ones")
	samples := flag.Int("samples", 400000, "test samples of a domain")
	classes := flag.Int("classes", 10, "classes of a domain")
	flag.Parse()
	if *out == "" || *domains < 1 || *seeds < 1 || *samples < 1 || *classes < 2 {
		log.Fatal("columns: want -out DIR, and numbers above zero")
	}
	if err := write(*out, *domains, *seeds, *samples, *classes); err != nil {
		log.Fatal(err)
	}
}

// write writes all files, as many at once as there are processors.
func write(out string, domains, seeds, samples, classes int) error {
	for _, arm := range []string{"independent", "joint"} {
		if err := os.MkdirAll(filepath.Join(out, arm), 0o777); err != nil {
			return err
		}
	}
	var jobs []func() error
	for s := 1; s <= seeds; s++ {
		var all []int
		for d := range domains {
			all = append(all, d)
			jobs = append(jobs, func() error {
				path := filepath.Join(out, "independent", fmt.Sprintf("%s_%d.parquet", domainName(d), s))
				return losses.WriteFile(path, table("independent", []int{d}, s, samples, classes))
			})
		}
		jobs = append(jobs, func() error {
			path := filepath.Join(out, "joint", fmt.Sprintf("%d.parquet", s))
			return losses.WriteFile(path, table("joint", all, s, samples, classes))
		})
	}
	work := make(chan func() error)
	errs := make([]error, runtime.GOMAXPROCS(0))
	var wait sync.WaitGroup
	for w := range errs {
		wait.Go(func() {
			for job := range work {
				if errs[w] == nil {
					errs[w] = job()
				}
			}
		})
	}
	for _, job := range jobs {
		work <- job
	}
	close(work)
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func domainName(d int) string { return fmt.Sprintf("line %d", d+1) }

// table is what one run has to say of the test samples of some domains. Sample
// numbers are those of a test set that is one row in five of the data. How hard a
// sample is, and what sharing does to it, is its own; the rest is the run's chance.
func table(arm string, domains []int, seed, samples, classes int) *losses.Table {
	t := &losses.Table{Meta: losses.Meta{
		Study: "columns", Run: fmt.Sprintf("%s_%d_%d", arm, domains[0], seed), Arm: arm, Rung: "w1", Weighting: "equal",
		Seed: int64(seed), Split: "test", Randomness: study.Paired,
	}}
	joint := 0.0
	if arm == "joint" {
		joint = 1
	}
	for _, d := range domains {
		t.Meta.Domains = append(t.Meta.Domains, domainName(d))
		world := rand.New(rand.NewPCG(uint64(d), 1))
		chance := rand.New(rand.NewPCG(uint64(d)<<32|uint64(seed), 2+uint64(joint)))
		id := int64(0)
		for range samples {
			id += 1 + int64(world.Uint64N(9))
			label := int32(world.Uint64N(uint64(classes)))
			ease := 1.2 + 1.6*world.NormFloat64() + joint*0.4*max(0, world.NormFloat64()-1)
			logit := ease + 0.7*chance.NormFloat64()
			right := 1 / (1 + math.Exp(-logit)) // probability of the class that it is
			class, confidence := label, right
			if right < 0.5 {
				class = (label + 1 + int32(chance.Uint64N(uint64(classes-1)))) % int32(classes)
				confidence = 1 - right
			}
			t.Domain = append(t.Domain, domainName(d))
			t.Seed = append(t.Seed, int64(seed))
			t.Sample = append(t.Sample, losses.SampleID{Number: id})
			t.Loss = append(t.Loss, float32(-math.Log(max(right, 1e-30))))
			t.Correct = append(t.Correct, class == label)
			t.Label = append(t.Label, label)
			t.Prediction = append(t.Prediction, float32(class))
			t.Confidence = append(t.Confidence, float32(confidence))
		}
	}
	return t
}
