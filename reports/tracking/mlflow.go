package tracking

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/study"
)

// store writes the file store of MLflow, with the study as its only experiment.
type store struct {
	dir, final string // where it is written, and where it will be
	plan       *study.Plan
	id         string // of the experiment
	first      time.Time
	last       time.Time
}

// experiment and run are the contents of meta.yaml.
type experiment struct {
	ArtifactLocation string `yaml:"artifact_location"`
	CreationTime     int64  `yaml:"creation_time"` // milliseconds since 1970, as all times
	ExperimentID     string `yaml:"experiment_id"`
	LastUpdateTime   int64  `yaml:"last_update_time"`
	LifecycleStage   string `yaml:"lifecycle_stage"`
	Name             string `yaml:"name"`
}

type run struct {
	ArtifactURI    string   `yaml:"artifact_uri"`
	EndTime        int64    `yaml:"end_time"`
	EntryPointName string   `yaml:"entry_point_name"`
	ExperimentID   string   `yaml:"experiment_id"`
	LifecycleStage string   `yaml:"lifecycle_stage"`
	RunID          string   `yaml:"run_id"`
	RunName        string   `yaml:"run_name"`
	RunUUID        string   `yaml:"run_uuid"`
	SourceName     string   `yaml:"source_name"`
	SourceType     int      `yaml:"source_type"` // 4: a local program
	SourceVersion  string   `yaml:"source_version"`
	StartTime      int64    `yaml:"start_time"`
	Status         int      `yaml:"status"` // 3: finished
	Tags           []string `yaml:"tags"`
	UserID         string   `yaml:"user_id"`
}

func newStore(dir, final string, plan *study.Plan) *store {
	return &store{dir: dir, final: final, plan: plan, id: "1"}
}

func (s *store) add(r *Run) error {
	id := r.Hash[:min(32, len(r.Hash))]
	dir := filepath.Join(s.dir, s.id, id)
	start := r.Ended.Add(-time.Duration(r.Done.Seconds * float64(time.Second)))
	if s.first.IsZero() || start.Before(s.first) {
		s.first = start
	}
	if r.Ended.After(s.last) {
		s.last = r.Ended
	}
	meta, err := yaml.Marshal(run{
		ArtifactURI: fileURL(filepath.Join(s.final, s.id, id, "artifacts")), EndTime: r.Ended.UnixMilli(), ExperimentID: s.id,
		LifecycleStage: "active", RunID: id, RunName: r.ID, RunUUID: id, SourceName: "sharewise", SourceType: 4,
		StartTime: start.UnixMilli(), Status: 3, Tags: []string{}, UserID: "sharewise",
	})
	if err != nil {
		return err
	}
	if err := write(filepath.Join(dir, "meta.yaml"), meta); err != nil {
		return err
	}
	for _, p := range r.Params {
		if err := write(filepath.Join(dir, "params", p.Name), []byte(p.Value)); err != nil {
			return err
		}
	}
	for name, value := range map[string]string{"mlflow.runName": r.ID, "mlflow.source.name": "sharewise", "mlflow.source.type": "LOCAL", "mlflow.user": "sharewise"} {
		if err := write(filepath.Join(dir, "tags", name), []byte(value)); err != nil {
			return err
		}
	}
	if err := metrics(filepath.Join(dir, "metrics"), r, start); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "artifacts"), 0o777); err != nil || r.Model == "" {
		return err
	}
	return copyFile(filepath.Join(dir, "artifacts", "model.onnx"), r.Model)
}

// metrics writes a file for each figure, with a line for each epoch, from its begin to
// its end in even steps of time.
func metrics(dir string, r *Run, start time.Time) error {
	lines := map[string]*strings.Builder{}
	all := slices.Concat(r.Curves, r.Tests)
	last := 1
	for _, s := range all {
		last = max(last, s.Epoch)
	}
	for _, s := range all {
		at := start.Add(time.Duration(float64(r.Ended.Sub(start)) * float64(s.Epoch) / float64(last)))
		if lines[s.Name] == nil {
			lines[s.Name] = new(strings.Builder)
		}
		fmt.Fprintf(lines[s.Name], "%d %s %d\n", at.UnixMilli(), number(s.Value), s.Epoch)
	}
	for name, text := range lines {
		if err := write(filepath.Join(dir, filepath.FromSlash(name)), []byte(text.String())); err != nil {
			return err
		}
	}
	return nil
}

// close writes the experiment.
func (s *store) close() error {
	meta, err := yaml.Marshal(experiment{
		ArtifactLocation: fileURL(filepath.Join(s.final, s.id)), CreationTime: s.first.UnixMilli(), ExperimentID: s.id,
		LastUpdateTime: s.last.UnixMilli(), LifecycleStage: "active", Name: s.plan.Study,
	})
	if err != nil {
		return err
	}
	return write(filepath.Join(s.dir, s.id, "meta.yaml"), meta)
}

// fileURL is an absolute path as an address.
func fileURL(path string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
}

func copyFile(to, from string) (err error) {
	in, err := filelimit.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := atomicfile.NewFile(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	_, err = io.Copy(out, in)
	return err
}
