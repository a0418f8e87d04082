package trainer_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/trainer"
)

// A shell script "trains" a model that takes every sample for good: it reads the
// numbers of the test samples and writes what it makes of them.
func ExampleExecute() {
	dir, err := os.MkdirTemp("", "trainer")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	script := `cd "$1"
echo domain,sample,loss,prediction > losses.csv
while read -r i; do echo "mill,$i,0.5,0"; done < samples/mill/test.rows.txt >> losses.csv
`
	if err := os.WriteFile(filepath.Join(dir, "train.sh"), []byte(script), 0o644); err != nil {
		fmt.Println(err)
		return
	}
	s, d := study.New("mills"), study.NewDomain("mill")
	d.Format = study.InMemory
	s.Dir, s.Domains = dir, []study.Domain{d}
	s.Trainer = &study.Trainer{Command: []string{"sh", "train.sh"}}
	held := new(dataset.Samples)
	for i := range 20 {
		held.X = append(held.X, []float32{float32(i)})
		held.Labels = append(held.Labels, []string{"good", "bad", "good", "good"}[i%4])
	}
	if err := s.Validate(); err != nil {
		fmt.Println(err)
		return
	}
	domains, err := dataset.OpenAll(context.Background(), s, dataset.FromMemory(map[string]*dataset.Samples{"mill": held}))
	if err != nil {
		fmt.Println(err)
		return
	}
	program, err := trainer.Find(s)
	if err != nil {
		fmt.Println(err)
		return
	}
	run := layout.RunFolder(filepath.Join(dir, "run"))
	done, err := trainer.Execute(context.Background(), &trainer.Job{
		Program: program, Study: s, Domains: domains,
		Run: study.Run{ID: "r", Arm: study.Independent, Domains: []string{"mill"}, Rung: s.Model.Rungs[0], Seed: 1},
	}, run)
	if err != nil {
		fmt.Println(err)
		return
	}
	table, err := losses.ReadFile(run.Losses())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(done.Status, table.Len() == domains[0].Test.Len(), domains[0].Task.Classes, table.Loss[0])
	// Output: done true [bad good] 0.5
}
