package tracking

import (
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
)

// studied is a folder with three runs, of which the joint one has ended after two
// epochs; and that run.
func studied(t *testing.T) (layout.Folder, study.PlannedRun) {
	t.Helper()
	s := study.New("plants")
	var sizes []study.DomainSize
	for _, name := range []string{"north", "south"} {
		d := study.NewDomain(name)
		d.Format = study.InMemory
		s.Domains = append(s.Domains, d)
		sizes = append(sizes, study.DomainSize{Name: name, Task: study.Classification, Outputs: 2, Train: 640, Test: 2, SHA256: "of the data"})
	}
	s.Seeds = 1
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	plan, err := s.Plan(sizes, map[string]study.ModelSize{"w1": {SHA256: "of the model"}})
	if err != nil {
		t.Fatal(err)
	}
	folder := layout.Folder(filepath.Join(t.TempDir(), "out"))
	if err := folder.WritePlan(plan); err != nil {
		t.Fatal(err)
	}
	r := plan.Runs[2]
	dir := folder.Run(r.ID)
	if err := os.MkdirAll(string(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	var rows []layout.HistoryRow
	for epoch := range 2 {
		for i, d := range r.Domains {
			row := layout.HistoryRow{Epoch: int32(epoch + 1), Domain: d, Split: layout.ValSplit}
			row.Clear()
			row.Loss, row.Accuracy = float64(i+1)/float64(epoch+1), 0.75
			rows = append(rows, row)
		}
	}
	gradients := layout.HistoryRow{Epoch: 2, Domain: "north", Other: "south", Split: layout.GradientSplit}
	gradients.Clear()
	gradients.Cosine, gradients.Opposed, gradients.Norm = -0.5, 0.625, 3
	rows = append(rows, gradients)
	table := &losses.Table{
		Domain: []string{"north", "north", "south", "south"}, Seed: []int64{1, 1, 1, 1},
		Sample: []losses.SampleID{{Number: 0}, {Number: 1}, {Number: 0}, {Number: 1}},
		Loss:   []float32{0.5, 1, 2, 4}, Correct: []bool{true, false, true, true}, Label: []int32{0, 1, 0, 1},
	}
	for _, err := range []error{
		layout.WriteHistory(dir.History(), r.Run, rows),
		losses.WriteFile(dir.Losses(), table),
		layout.WriteJSON(dir.Spec(), layout.Spec{Run: r.Run, Training: s.Training, Sharewise: "test"}),
		os.WriteFile(dir.Model(), []byte("a model"), 0o644),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	done := &layout.Done{Hash: r.Hash, Status: layout.Finished, Seconds: 2.5, Steps: 20, Epoch: 2, Files: map[string]string{}}
	for _, f := range []string{dir.History(), dir.Losses(), dir.Model()} {
		if done.Files[filepath.Base(f)], err = layout.HashFile(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := dir.WriteDone(done); err != nil {
		t.Fatal(err)
	}
	return folder, r
}

// want are the figures of that run, by name and epoch.
var want = map[string]float64{
	"val/loss/north 1": 1, "val/loss/north 2": 0.5, "val/loss/south 1": 2, "val/loss/south 2": 1,
	"val/accuracy/north 1": 0.75, "val/accuracy/north 2": 0.75, "val/accuracy/south 1": 0.75, "val/accuracy/south 2": 0.75,
	"test/loss/north 2": 0.75, "test/loss/south 2": 3, "test/accuracy/north 2": 0.5, "test/accuracy/south 2": 1,
	"gradient/cosine/north/south 2": -0.5, "gradient/opposed/north/south 2": 0.625, "gradient/norm/north/south 2": 3,
}

func exported(t *testing.T, format Format) (string, study.PlannedRun) {
	t.Helper()
	folder, r := studied(t)
	dir := filepath.Join(t.TempDir(), "to")
	n, err := Write(dir, format, folder, false)
	if err != nil || n != 1 {
		t.Fatalf("%d runs, %v", n, err)
	}
	return dir, r
}

func TestCSV(t *testing.T) {
	dir, r := exported(t, CSV)
	read := func(name string) [][]string {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	runs := read("runs.csv")
	if len(runs) != 2 || runs[1][0] != r.ID || runs[1][slices.Index(runs[0], "domains")] != "north,south" || runs[1][slices.Index(runs[0], "seconds")] != "2.5" {
		t.Errorf("runs.csv: %q", runs)
	}
	got := map[string]float64{}
	for _, row := range read("scalars.csv")[1:] {
		v, err := strconv.ParseFloat(row[3], 64)
		if err != nil || row[0] != r.ID {
			t.Errorf("scalars.csv: %q", row)
		}
		got[row[1]+" "+row[2]] = v
	}
	if !maps.Equal(got, want) {
		t.Errorf("scalars.csv: %v, want %v", got, want)
	}
}

// TestTensorBoard reads the event file as its format says, apart from what wrote it.
func TestTensorBoard(t *testing.T) {
	dir, r := exported(t, TensorBoard)
	files, err := filepath.Glob(filepath.Join(dir, r.ID, "events.out.tfevents.*"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	checked := func(b []byte, sum uint32) []byte {
		c := crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))
		if m := uint32((uint64(c>>15|c<<17) + 0xa282ead8) & math.MaxUint32); m != sum {
			t.Fatalf("checksum %x, want %x", sum, m)
		}
		return b
	}
	got, version := map[string]float64{}, ""
	for last := 0.0; len(data) > 0; {
		n := binary.LittleEndian.Uint64(checked(data[:8], binary.LittleEndian.Uint32(data[8:])))
		event := fields(t, checked(data[12:12+n], binary.LittleEndian.Uint32(data[12+n:])))
		data = data[16+n:]
		at := math.Float64frombits(event[1].(uint64))
		if at < last {
			t.Errorf("time goes back from %f to %f", last, at)
		}
		last = at
		if v, ok := event[3].([]byte); ok {
			version = string(v)
			continue
		}
		value := fields(t, fields(t, event[5].([]byte))[1].([]byte))
		got[fmt.Sprintf("%s %d", value[1], event[2])] = float64(math.Float32frombits(value[2].(uint32)))
	}
	if version != "brain.Event:2" || !maps.Equal(got, want) {
		t.Errorf("version %q, events %v, want %v", version, got, want)
	}
}

// fields are those of a message, by number.
func fields(t *testing.T, b []byte) map[protowire.Number]any {
	t.Helper()
	out := map[protowire.Number]any{}
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		b = b[n:]
		switch kind {
		case protowire.VarintType:
			out[number], n = protowire.ConsumeVarint(b)
		case protowire.Fixed32Type:
			out[number], n = protowire.ConsumeFixed32(b)
		case protowire.Fixed64Type:
			out[number], n = protowire.ConsumeFixed64(b)
		case protowire.BytesType:
			out[number], n = protowire.ConsumeBytes(b)
		default:
			t.Fatalf("field %d is of kind %d", number, kind)
		}
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		b = b[n:]
	}
	return out
}

func TestMLflow(t *testing.T) {
	dir, r := exported(t, MLflow)
	meta := func(parts ...string) map[string]any {
		data, err := os.ReadFile(filepath.Join(append(append([]string{dir}, parts...), "meta.yaml")...))
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]any{}
		if err := yaml.Unmarshal(data, &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	if e := meta("1"); e["name"] != "plants" || e["experiment_id"] != "1" || e["lifecycle_stage"] != "active" {
		t.Errorf("experiment: %v", e)
	}
	id := r.Hash[:32]
	m := meta("1", id)
	at := filepath.Join(dir, "1", id)
	if m["run_id"] != id || m["run_name"] != r.ID || fmt.Sprint(m["status"]) != "3" || m["artifact_uri"] != "file://"+filepath.ToSlash(filepath.Join(at, "artifacts")) {
		t.Errorf("run: %v", m)
	}
	if fmt.Sprint(m["end_time"].(uint64)-m["start_time"].(uint64)) != "2500" {
		t.Errorf("it took from %v to %v", m["start_time"], m["end_time"])
	}
	if v, err := os.ReadFile(filepath.Join(at, "params", "arm")); err != nil || string(v) != "joint" {
		t.Errorf("arm %q, %v", v, err)
	}
	if v, err := os.ReadFile(filepath.Join(at, "artifacts", "model.onnx")); err != nil || string(v) != "a model" {
		t.Errorf("model %q, %v", v, err)
	}
	got := map[string]float64{}
	metrics := filepath.Join(at, "metrics")
	err := filepath.WalkDir(metrics, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(metrics, path)
		for line := range strings.Lines(string(data)) {
			parts := strings.Fields(line)
			v, err := strconv.ParseFloat(parts[1], 64)
			if err != nil {
				return err
			}
			got[filepath.ToSlash(name)+" "+parts[2]] = v
		}
		return err
	})
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("metrics: %v, %v, want %v", got, err, want)
	}
}

// TestWriteRefuses leaves nothing behind where there is nothing to write, something in
// the way, or a file that was changed.
func TestWriteRefuses(t *testing.T) {
	folder, r := studied(t)
	dir := filepath.Join(t.TempDir(), "to")
	if _, err := Write(dir, "excel", folder, false); err == nil || !strings.Contains(err.Error(), "tensorboard") {
		t.Errorf("an unknown format: %v", err)
	}
	if err := os.WriteFile(folder.Run(r.ID).History(), []byte("other"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(dir, CSV, folder, false); err == nil || !strings.Contains(err.Error(), "has changed") {
		t.Errorf("a changed history: %v", err)
	}
	if err := os.Remove(folder.Run(r.ID).Done()); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(dir, CSV, folder, false); !errors.Is(err, ErrNoRuns) {
		t.Errorf("no run: %v", err)
	}
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder was left: %v", err)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(dir, CSV, folder, false); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a folder in the way: %v", err)
	}
}
