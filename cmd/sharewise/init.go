package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
)

const initLong = `Write a commented study file from a folder of data.

Every domain is looked for in one of these forms; everything else is guessed
and written down, to be corrected in the file:

  DIR/DOMAIN/CLASS/image.png              images, one folder per class
  DIR/DOMAIN/{train,test}/CLASS/image.png the same with test data given
  DIR/DOMAIN/*-images-idx3-ubyte.gz       IDX files with their labels
  DIR/DOMAIN.csv                          tables with the same columns, Parquet too
  DIR/TABLE.csv                           one table with a column that names the domain
  DIR/DOMAIN.svm                          sparse rows as svmlight and libsvm have them
  DIR/DOMAIN/CLASS/recording.wav          recordings; also .f32, .i16, ...
  DIR/DOMAIN.npz                          arrays called inputs or x and labels or y

An existing file is never overwritten.

Examples:
  sharewise init data
  sharewise init data -o studies/lines.yaml --name lines`

func newInitCommand(a *app) *cobra.Command {
	var out, name string
	cmd := &cobra.Command{
		Use:     "init DIR",
		Short:   "Write a study file for a folder of data",
		Long:    initLong,
		GroupID: "study",
		Args:    exactArgs("DIR"),
		RunE: func(_ *cobra.Command, args []string) error {
			d, err := writeDraft(args[0], out, name)
			if err != nil {
				return err
			}
			if a.json {
				return a.writeJSON(newDraftSummary(d, out))
			}
			for _, f := range d.Found {
				a.say("%s", f)
			}
			a.say("\nWrote %s. Look it through, then: sharewise plan %s", out, out)
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&out, "output", "o", "study.yaml", "the study `FILE` to write")
	flags.StringVar(&name, "name", "", "`NAME` of the study (default: the name of DIR)")
	return cmd
}

// draftSummary is what init prints with --json.
type draftSummary struct {
	File    string   `json:"file"`
	Name    string   `json:"name"`
	Domains []string `json:"domains"`
	Found   []string `json:"found"`
}

func newDraftSummary(d *study.Draft, file string) draftSummary {
	s := draftSummary{File: file, Name: d.Study.Name, Found: d.Found}
	for _, dom := range d.Study.Domains {
		s.Domains = append(s.Domains, dom.Name)
	}
	return s
}

// writeDraft scans a folder and writes the study file, unless there is one.
func writeDraft(dir, out, name string) (*study.Draft, error) {
	if _, err := os.Lstat(out); err == nil {
		return nil, inputError(fmt.Errorf("init: %s exists and is not overwritten; name another file with -o", out))
	}
	if name == "" {
		name = studyName(dir)
	}
	d, err := dataset.Scan(dir, dataset.ScanConfig{Name: name, Base: filepath.Dir(out), Least: 2})
	if err != nil {
		return nil, inputError(err)
	}
	text := d.Encode(out)
	if _, err := study.ParseBytes(text, out, filepath.Dir(out)); err != nil {
		// A name given with --name may be wrong; anything else would be a bug,
		// and its message says where.
		return nil, inputError(fmt.Errorf("init: the draft is not valid: %w", err))
	}
	return d, create(out, text)
}

// studyName makes a study's name of a folder's.
func studyName(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		abs = dir
	}
	name := regexp.MustCompile(`[^A-Za-z0-9._-]+`).ReplaceAllString(filepath.Base(abs), "-")
	if name = strings.Trim(name, "-._"); name == "" {
		return "study"
	}
	return name
}

// create writes a file that must not exist yet. The text is complete before it
// gets its name, and a file that appeared meanwhile stays as it is.
func create(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	err = os.Link(f.Name(), path)
	if errors.Is(err, fs.ErrExist) {
		return inputError(fmt.Errorf("init: %s exists and is not overwritten", path))
	}
	if err != nil {
		// Some file systems have no links.
		return os.Rename(f.Name(), path)
	}
	return nil
}
