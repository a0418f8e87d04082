package trainer

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
)

// Program is what a study is trained by, as it was found.
type Program struct {
	// Args are the command as it is called, without the folder of a run: files of the
	// study's folder by their full paths.
	Args []string
	// Called is the command as the study has it.
	Called []string
	// Files are the SHA-256 of the program's files by their paths, as the study has
	// them.
	Files map[string]string
	// Notes say what a reader of the plan should know.
	Notes []string

	existing *existing // nil where a program trains
	settings *study.Trainer
	dir      string
	path     func(string) string
}

// mostFiles bounds the files of a program.
const mostFiles = 10000

// Find looks up the program that a study names. A name without a slash is looked for
// beside the study file only where it is an argument, and in PATH where it is the
// program. A program by its full path is one of the system, and no file of the trainer. Tables of
// runs that exist already are read.
// It fails with an [*Error] where the program is not there.
func Find(s *study.Study) (*Program, error) {
	t := s.Trainer
	p := &Program{Called: t.Command, Files: map[string]string{}, settings: t, dir: s.Dir, path: s.Path}
	if t.Import != "" {
		found, err := s.Glob(t.Import)
		if err == nil && len(found) == 0 {
			err = losses.ErrNoFile
		}
		if err != nil {
			return nil, &Error{Fault: NotFound, Detail: fmt.Sprintf("trainer.import: %q: %v", t.Import, err)}
		}
		slices.Sort(found)
		p.Called = []string{"import", t.Import}
		for _, f := range found {
			if err := p.add(f); err != nil {
				return nil, err
			}
		}
		p.existing, err = readExisting(s, found)
		return p, err
	}
	for i, arg := range t.Command {
		path := s.Path(arg)
		info, err := os.Stat(path)
		named := i > 0 || strings.ContainsRune(arg, '/') || strings.ContainsRune(arg, filepath.Separator)
		switch {
		case !named || arg == "" || strings.HasPrefix(arg, "-"):
		case filelimit.SystemFault(err) != "":
			return nil, fmt.Errorf("trainer.command: %w", err)
		case err == nil && info.Mode().IsRegular():
			if i == 0 && filepath.IsAbs(arg) { // an interpreter of the system
				break
			}
			if err := p.add(arg); err != nil {
				return nil, err
			}
			arg = filelimit.Absolute(path)
		case err == nil && info.IsDir():
			arg = filelimit.Absolute(path)
			p.Notes = append(p.Notes, fmt.Sprintf("trainer.command names the folder %s; list the files of it that matter under trainer.files, so that runs are repeated when these change", t.Command[i]))
		case i == 0:
			return nil, &Error{Fault: NotFound, Detail: fmt.Sprintf("there is no program %s beside the study file: %s", arg, path)}
		case filepath.Ext(arg) != "" && looksLikeScript(arg):
			return nil, &Error{Fault: NotFound, Detail: fmt.Sprintf("trainer.command names %s, and there is no such file beside the study file", arg)}
		}
		p.Args = append(p.Args, arg)
	}
	for _, pattern := range t.Files {
		found, err := s.Glob(pattern)
		if err != nil {
			return nil, fmt.Errorf("trainer.files: %q: %w", pattern, err)
		}
		if len(found) == 0 {
			return nil, &Error{Fault: NotFound, Detail: fmt.Sprintf("trainer.files: no file matches %q", pattern)}
		}
		for _, f := range found {
			if info, err := os.Stat(f); err == nil && info.IsDir() {
				continue
			}
			if rel, err := filepath.Rel(s.Path("."), f); err == nil && !filepath.IsAbs(filepath.FromSlash(pattern)) {
				f = filepath.ToSlash(rel)
			}
			if err := p.add(f); err != nil {
				return nil, err
			}
		}
	}
	if err := p.executable(); err != nil {
		return nil, err
	}
	return p, nil
}

// looksLikeScript tells arguments that are certainly meant to be files.
func looksLikeScript(arg string) bool {
	return slices.Contains([]string{".py", ".r", ".R", ".jl", ".sh", ".js", ".m"}, filepath.Ext(arg))
}

func (p *Program) add(name string) error {
	if len(p.Files) >= mostFiles {
		return fmt.Errorf("trainer.files: more than %d files", mostFiles)
	}
	sum, err := layout.HashFile(p.path(name))
	if err != nil {
		return fmt.Errorf("trainer: %w", err)
	}
	p.Files[filepath.ToSlash(name)] = sum
	return nil
}

// executable looks for the program as the system does.
func (p *Program) executable() error {
	_, err := exec.LookPath(p.Args[0])
	switch {
	case err == nil || errors.Is(err, exec.ErrDot):
		return nil
	case errors.Is(err, fs.ErrPermission):
		return &Error{Fault: NotExecutable, Detail: fmt.Sprintf("%s may not be executed; 'chmod +x %s' allows it, or name the program that reads it first, as in [python3, train.py]", p.Called[0], p.Called[0])}
	}
	return &Error{Fault: NotFound, Detail: fmt.Sprintf("there is no program %s: %v", p.Called[0], err)}
}

// Check fails with an [*Error] where a file of the program is not what it was.
func (p *Program) Check() error {
	for _, name := range slices.Sorted(maps.Keys(p.Files)) {
		sum, err := layout.HashFile(p.path(name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return &Error{Fault: Changed, Detail: name + " is gone since the runs were planned"}
		case err != nil:
			return fmt.Errorf("trainer: %w", err)
		case sum != p.Files[name]:
			return &Error{Fault: Changed, Detail: name + " has changed since the runs were planned; start the command again, which plans them anew"}
		}
	}
	return nil
}

// String is the command as people write it.
func (p *Program) String() string { return strings.Join(p.Called, " ") }

// Model is the SHA-256 of what stands in for the definition of a model: the command,
// its files and settings, and the file of the rung, where the study's model has files.
// How long a run may take is no part of it.
func (p *Program) Model(r study.Rung) (string, error) {
	id := struct {
		Format   string            `json:"format"`
		Command  []string          `json:"command"`
		Files    map[string]string `json:"files"`
		Samples  string            `json:"samples"`
		Inputs   string            `json:"inputs"`
		Settings map[string]string `json:"settings,omitempty"`
		Model    string            `json:"model,omitempty"`
	}{Format: "sharewise trainer 1", Command: p.Called, Files: p.Files, Samples: p.settings.Samples, Inputs: p.settings.Inputs, Settings: p.settings.Settings}
	if r.Path != "" {
		sum, err := layout.HashFile(p.path(r.Path))
		if err != nil {
			return "", err
		}
		id.Model = sum
	}
	data, err := json.Marshal(id)
	if err != nil {
		return "", fmt.Errorf("trainer: %w", err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}
