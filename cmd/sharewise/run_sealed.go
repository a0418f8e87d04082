package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio/ort"
)

// sealing is a call of run that may find that all was done before, without reading the data, by
// the seal that an earlier one left in the user's cache.
type sealing struct {
	began  time.Time
	file   string // of the seal; empty where there is none
	folder layout.Folder
	texts  []string // all but the plan and the results
}

// newSealing begins with what the study says before anything is read.
func newSealing(file string, folder layout.Folder, o reading) *sealing {
	s := &sealing{began: time.Now(), folder: folder}
	text, err := filelimit.ReadFile(file, filelimit.State)
	if err != nil {
		return s
	}
	asked, err := study.Parse(file) // for what it says by variables of the environment
	if err != nil {
		return s
	}
	parsed, err := json.Marshal(asked)
	if err != nil {
		return s
	}
	program, err := os.Executable()
	if err != nil {
		return s
	}
	here, err := filepath.Abs(string(folder))
	if err != nil {
		return s
	}
	cache, err := ort.CacheDir()
	if err != nil {
		return s
	}
	sum := sha256.Sum256([]byte(here))
	s.file = filepath.Join(cache, "seals", hex.EncodeToString(sum[:])[:32]+".json")
	s.texts = []string{project.Version, layout.Looks([]string{program}), here, asked.Path("."), string(text), string(parsed), fmt.Sprint(o)}
	return s
}

// all are the texts of a seal: with the plan, and what is there of results.
func (s *sealing) all() (texts []string, runs int, ok bool) {
	plan, err := s.folder.ReadPlan()
	if err != nil {
		return nil, 0, false
	}
	data, err := filelimit.ReadFile(s.folder.Plan(), filelimit.State)
	if err != nil {
		return nil, 0, false
	}
	var done []string
	for _, r := range plan.Runs {
		done = append(done, s.folder.Run(r.ID).Done())
	}
	for _, d := range plan.Domains {
		if d.Baseline != "" {
			done = append(done, s.folder.Baseline(d.Name).Done())
		}
	}
	looks := layout.Looks(done)
	return append(s.texts[:len(s.texts):len(s.texts)], string(data), looks), len(plan.Runs), looks != ""
}

// holds reports whether all runs were done before, and how many they are.
func (s *sealing) holds() (runs int, ok bool) {
	if s.file == "" {
		return 0, false
	}
	seal := layout.ReadSeal(s.file)
	if seal == nil {
		return 0, false
	}
	texts, runs, ok := s.all()
	return runs, ok && seal.Holds(texts...)
}

// keep leaves a seal where all runs have ended. Without one, the next call reads the data
// again, so that failing to write it is no harm.
func (s *sealing) keep(p *project.Project, summary *train.Summary) {
	if s.file == "" || summary.Left+summary.Failed+summary.Diverged > 0 {
		return
	}
	texts, _, ok := s.all()
	files, plain := p.Files()
	if !ok || !plain {
		return
	}
	if seal, old := layout.SealOf(files, s.began, texts...); old {
		_ = layout.WriteSeal(s.file, seal)
	}
	s.forgetOld()
}

// forgetOld removes the seals of studies that nobody has asked for in a long time.
func (s *sealing) forgetOld() {
	const old = 90 * 24 * time.Hour
	seals, _ := filepath.Glob(filepath.Join(filelimit.Escape(filepath.Dir(s.file)), "*.json"))
	for _, name := range seals {
		if info, err := os.Stat(name); err == nil && s.began.Sub(info.ModTime()) > old {
			_ = os.Remove(name)
		}
	}
}
