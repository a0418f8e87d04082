package study

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Keys of what [Study.Reads] lists: models, the list of samples that are left out, and what the
// command of a trainer names.
const (
	ModelKey   = "model"
	ExcludeKey = "exclude"
	CommandKey = "trainer.command"
)

// Read is a file or folder that a study reads.
type Read struct {
	// Key is the key of the study that names it, such as input.text.tokenizer; empty for
	// the study file itself.
	Key string
	// Domain is that whose data it is; empty for what is of no domain.
	Domain string
	// Path is where it is on this machine.
	Path string
}

// String says what it is to the study.
func (r Read) String() string {
	switch {
	case r.Key == "":
		return "the study file"
	case r.Domain != "":
		return fmt.Sprintf("data of domain %s", r.Domain)
	}
	return "what the study names under " + r.Key
}

// Reads lists the study file and all files and folders that the study names and that are read
// while it is planned, trained and looked at. A pattern stands for the files that match it; of
// what is not there, the path is listed. What files of the study name in their turn, such as
// weights beside a model, is not among them. The study need not be valid.
func (s *Study) Reads() []Read {
	var out []Read
	if s.File != "" {
		file, _, err := here(s.File)
		if err != nil {
			file = s.File
		}
		out = append(out, Read{Path: file})
	}
	add := func(key, domain, name string) {
		if name == "" {
			return
		}
		found, err := s.Glob(name)
		if err != nil || len(found) == 0 {
			found = []string{s.Path(name)}
		}
		for _, path := range found {
			out = append(out, Read{key, domain, path})
		}
	}
	for _, d := range s.Domains {
		for _, part := range []struct {
			key string
			at  *Files
		}{{"data", &d.Files}, {"validation", d.Val}, {"test", d.Test}} {
			if part.at == nil {
				continue
			}
			for _, name := range []string{part.at.Path, part.at.Index, part.at.Images, part.at.Labels, part.at.Inputs, part.at.Targets, part.at.Groups} {
				add(part.key, d.Name, name)
			}
		}
		if d.Series != nil && d.Series.Index != nil {
			add("series.index", d.Name, d.Series.Index.Path)
		}
	}
	if s.Input.Text != nil {
		add("input.text.tokenizer", "", s.Input.Text.Tokenizer)
	}
	add(ExcludeKey, "", s.Exclude)
	for _, r := range s.Model.Rungs {
		add(ModelKey, "", r.Path)
	}
	if s.Policy != nil {
		add("policy.file", "", (&findings{}).expand("policy.file", s.Policy.File))
	}
	if t := s.Trainer; t != nil {
		for i, arg := range t.Command {
			if s.ofTrainer(i, arg) {
				add(CommandKey, "", arg)
			}
		}
		add("trainer.import", "", t.Import)
		for _, pattern := range t.Files {
			add("trainer.files", "", pattern)
		}
	}
	return out
}

// ofTrainer reports whether an argument of the trainer's command names something beside the
// study file: the program itself only by a path, since else it is looked for in PATH. A folder
// that the study lies in holds everything, and is none of the trainer's.
func (s *Study) ofTrainer(i int, arg string) bool {
	if arg == "" || strings.HasPrefix(arg, "-") || i == 0 && !strings.ContainsRune(arg, '/') && !strings.ContainsRune(arg, filepath.Separator) {
		return false
	}
	info, err := os.Stat(s.Path(arg))
	if err != nil || !info.IsDir() {
		return err == nil
	}
	below, err := filepath.Rel(s.Path(arg), s.Path("."))
	return err != nil || below == ".." || strings.HasPrefix(below, ".."+string(filepath.Separator))
}
