package verification_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/verification"
	"github.com/sharewise/sharewise/onnxio/reference"
)

func TestRun(t *testing.T) {
	dir := t.TempDir()
	file, err := planted(dir)
	if err != nil {
		t.Fatal(err)
	}
	folder := layout.Folder(filepath.Join(dir, "out"))
	p, groups, err := recommended(file, folder)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(groups.Names(), func(g []string) bool { return slices.Equal(g, []string{"a", "b"}) }) {
		t.Fatalf("groups are %v", groups.Names())
	}
	before, err := os.ReadFile(folder.Plan())
	if err != nil {
		t.Fatal(err)
	}
	trained := 0
	o := verification.Options{Jobs: 2, Observe: func(e train.Event) {
		if e.Kind == train.Ended && !e.Reused {
			trained++
		}
	}}
	// Interrupted after some runs, it goes on.
	ctx, cancel := context.WithCancel(t.Context())
	stop := o
	stop.Observe = func(e train.Event) {
		if o.Observe(e); trained == 3 {
			cancel()
		}
	}
	if _, err := verification.Run(ctx, p, reference.Backend(), folder, stop); !errors.Is(err, train.ErrInterrupted) {
		t.Fatalf("interrupted: %v", err)
	}
	record, err := verification.Run(t.Context(), p, reference.Backend(), folder, o)
	if err != nil {
		t.Fatal(err)
	}
	if trained != 9 || !slices.Equal(record.Seeds, []int{4, 5, 6}) || record.Fresh {
		t.Errorf("%d runs were trained, of seeds %v, fresh %v", trained, record.Seeds, record.Fresh)
	}
	if after, err := os.ReadFile(folder.Plan()); err != nil || string(after) != string(before) {
		t.Error("the study's plan has changed")
	}
	delivered(t, folder.Verification(), record)
	promised := groups.Promised.Groups[0].Members
	for i, m := range record.Groups[0].Members {
		if m.Promised != promised[i].Gain {
			t.Errorf("%s: promised %+v, groups.json says %+v", m.Domain, m.Promised, promised[i].Gain)
		}
		if want := m.Difference.Lo >= -grouping.DefaultTolerance; want != (m.Verdict == verification.Held) || m.Margin != grouping.DefaultTolerance {
			t.Errorf("%s: %+v", m.Domain, m.Comparison)
		}
	}
	// The same again is the same, and trains nothing.
	again, err := verification.Run(t.Context(), p, reference.Backend(), folder, o)
	if err != nil || trained != 9 || !reflect.DeepEqual(again, record) {
		t.Errorf("again: %v, %d runs, %+v", err, trained, again)
	}
	test, err := verification.Validation(p.Study, p.Domains)
	if err != nil {
		t.Fatal(err)
	}
	o.Test = test
	validated, err := verification.Run(t.Context(), p, reference.Backend(), folder, o)
	if err != nil || !validated.Fresh || validated.Groups[0].Members[0].Samples != 100 || trained != 9 {
		t.Errorf("validation: %v, %+v", err, validated)
	}
	t.Run("folder", func(t *testing.T) { otherData(t, dir, folder, o) })
	h, err := verification.ReadHistory(folder)
	if err != nil || len(h.Records) != 3 || h.Records[0].ID != record.ID || h.Records[1].ID != validated.ID {
		t.Errorf("history %+v, %v", h, err)
	}
	t.Run("changed", func(t *testing.T) { changed(t, file, folder) })
}

// delivered computes gains from the loss tables of the fresh runs.
func delivered(t *testing.T, folder layout.Folder, record *verification.Record) {
	t.Helper()
	plan, err := folder.ReadPlan()
	if err != nil {
		t.Fatal(err)
	}
	wrong, rows := map[string]float64{}, map[string]float64{}
	for _, r := range plan.Runs {
		if r.Seed < 4 {
			t.Errorf("run %s is not fresh", r.ID)
		}
		table, err := losses.ReadFile(folder.Run(r.ID).Losses())
		if err != nil {
			t.Fatal(err)
		}
		for i, d := range table.Domain {
			key := r.Arm + " " + d
			rows[key]++
			if !table.Correct[i] {
				wrong[key]++
			}
		}
	}
	total := 0.0
	for _, m := range record.Groups[0].Members {
		alone, shared := "independent "+m.Domain, "pool{a,b} "+m.Domain
		want := 1 - wrong[shared]/rows[shared]/(wrong[alone]/rows[alone])
		if math.Abs(m.Delivered.Gain-want) > 1e-9 {
			t.Errorf("%s: delivered %v, by the tables %v", m.Domain, m.Delivered.Gain, want)
		}
		total += want
	}
	if math.Abs(record.Total.Delivered.Gain-total) > 1e-9 {
		t.Errorf("delivered %v in all, by the tables %v", record.Total.Delivered.Gain, total)
	}
}

// otherData tests on a folder of new files.
func otherData(t *testing.T, dir string, folder layout.Folder, o verification.Options) {
	p, err := open(filepath.Join(dir, "study.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	fresh := filepath.Join(dir, "audit")
	if err := os.Mkdir(fresh, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := verification.From(t.Context(), p.Study, p.Domains, fresh); err == nil || !strings.Contains(err.Error(), "no test data of domain a") {
		t.Errorf("an empty folder: %v", err)
	}
	for _, name := range []string{"a", "b", "c"} {
		if err := rows(filepath.Join(fresh, name+".csv"), name, 300, 7); err != nil {
			t.Fatal(err)
		}
	}
	if o.Test, err = verification.From(t.Context(), p.Study, p.Domains, fresh); err != nil {
		t.Fatal(err)
	}
	record, err := verification.Run(t.Context(), p, reference.Backend(), folder, o)
	if err != nil {
		t.Fatal(err)
	}
	if m := record.Groups[0].Members[0]; !record.Fresh || m.Samples != 300 || record.Test != "test data of audit" || m.Delivered.Gain <= 0 {
		t.Errorf("%+v", record)
	}
	if _, err := verification.From(t.Context(), p.Study, p.Domains, dir); !errors.Is(err, verification.ErrNotFresh) {
		t.Errorf("the study's own data: %v", err)
	}
}

// changed refuses a study that is no longer that of the recommendation.
func changed(t *testing.T, file string, folder layout.Folder) {
	for _, x := range []struct{ old, new string }{{"rate: 0.02", "rate: 0.03"}, {"limit: {train: 40}", "limit: {train: 50}"}, {"widths: [0.05]", "widths: [0.1]"}} {
		if err := os.WriteFile(file, []byte(strings.Replace(plantedStudy, x.old, x.new, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		p, err := open(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := verification.Run(t.Context(), p, reference.Backend(), folder, verification.Options{}); !errors.Is(err, verification.ErrChanged) {
			t.Errorf("%s: %v", x.new, err)
		}
	}
}

// TestFolds tests all samples by as many fresh seeds as there are folds, and says so
// where fewer are asked for.
func TestFolds(t *testing.T) {
	dir := t.TempDir()
	file, err := planted(dir)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("test: 0.7", "folds: 4", "seeds: 3", "seeds: 4\ngrouping: {must_link: [[a, b]]}", "epochs: 12", "epochs: 3").Replace(plantedStudy)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	folder := layout.Folder(filepath.Join(dir, "out"))
	p, _, err := recommended(file, folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		seeds, samples int
		of             []int
		warns          bool
	}{
		{0, 500, []int{5, 6, 7, 8}, false},
		{2, 250, []int{5, 6}, true},
	} {
		record, err := verification.Run(t.Context(), p, reference.Backend(), folder, verification.Options{Jobs: 2, Seeds: c.seeds})
		if err != nil {
			t.Fatal(err)
		}
		warns := slices.ContainsFunc(record.Warnings, func(w string) bool { return strings.Contains(w, "2 of 4 folds") })
		if !slices.Equal(record.Seeds, c.of) || record.Groups[0].Members[0].Samples != c.samples || warns != c.warns {
			t.Errorf("%d seeds: seeds %v, %d samples, warnings %q", c.seeds, record.Seeds, record.Groups[0].Members[0].Samples, record.Warnings)
		}
	}
}
