package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/drafting"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
)

const initLong = `Write a commented study file from a folder of data.

Every domain is looked for in one of these forms; everything else is guessed
and written down, to be corrected in the file:

  DIR/DOMAIN/CLASS/image.png              images, one folder per class
  DIR/DOMAIN/labels.csv                   a table of images: their files and classes
  DIR/DOMAIN/*-images-idx3-ubyte.gz       IDX files with their labels
  DIR/DOMAIN.csv                          tables with the same columns, Parquet too
  DIR/TABLE.csv                           one table with a column that names the domain
  DIR/plant=DOMAIN/part-0.parquet         a table in folders by the values of a column
  DIR/DOMAIN.svm                          sparse rows as svmlight and libsvm have them
  DIR/DOMAIN/CLASS/recording.wav          recordings; also .f32, .i16, ...
  DIR/DOMAIN.npz                          arrays called inputs or x and labels or y
  DIR/DOMAIN_x.npy, DOMAIN_y.npy          the same in files of their own

Words such as train, val and test in the names of files, folders or arrays
(DOMAIN_train.csv, test/DOMAIN, x_train), or in a column of a table, say which
part of the data is for what.

The data are opened as 'plan' does. Bad samples and domains that cannot be used
are left out, which is said, as is every file that is passed over. An existing
file is never overwritten.

Examples:
  sharewise init data
  sharewise init patients.csv --domains-by hospital
  sharewise init data -o studies/lines.yaml --name lines`

func newInitCommand(a *app) *cobra.Command {
	var c draftOf
	cmd := &cobra.Command{
		Use:     "init DIR",
		Short:   "Write a study file for a folder of data",
		Long:    initLong,
		GroupID: "study",
		Args:    exactArgs("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c.data = args[0]
			d, err := c.write(cmd.Context())
			if err != nil {
				return err
			}
			if a.json {
				return a.writeJSON(newDraftSummary(d, c.out))
			}
			for _, f := range d.Found {
				a.say("%s", f)
			}
			if len(d.Candidates) > 0 {
				a.say("other columns whose values could be the domains, by --domains-by COLUMN: %s", strings.Join(d.Candidates, ", "))
			}
			a.say("\nWrote %s. Look it through, then: sharewise plan %s", c.out, c.out)
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&c.out, "output", "o", "study.yaml", "the study `FILE` to write")
	flags.StringVar(&c.name, "name", "", "`NAME` of the study (default: the name of DIR)")
	flags.Var(&c.memory, "memory", "`SIZE` of the data held in memory while they are looked through (default: half of the machine's memory)")
	flags.StringVar(&c.domainsBy, "domains-by", "", "`COLUMN` of a table whose values are the domains (default: chosen by name and values)")
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

// draftOf says what a study is drafted of.
type draftOf struct {
	data, out, name string
	domainsBy       string
	memory          byteSize
}

// write scans a folder and writes the study file, unless there is one. Nothing is
// written that could not be planned.
func (c draftOf) write(ctx context.Context) (*study.Draft, error) {
	if _, err := os.Lstat(c.out); err == nil {
		return nil, inputError(fmt.Errorf("init: %s exists and is not overwritten; name another file with -o", c.out))
	}
	if c.name == "" {
		c.name = studyName(c.data)
	}
	base := filepath.Dir(c.out)
	d, err := drafting.Scan(c.data, drafting.Config{Name: c.name, Base: base, Least: 2, DomainsBy: c.domainsBy})
	if err != nil {
		return nil, inputError(err)
	}
	dir, err := filepath.Abs(base)
	if err != nil {
		return nil, err
	}
	s, domains, err := drafting.Settle(ctx, d, dir, dataset.Memory(int64(c.memory)))
	if err != nil {
		return nil, inputError(fmt.Errorf("init: no study can be made of %s as it is: %w", c.data, err))
	}
	if _, err := project.Open(ctx, s, project.Options{Domains: domains}); err != nil {
		return nil, inputError(fmt.Errorf("init: no study can be made of %s as it is: %w", c.data, err))
	}
	return d, create(c.out, d.Encode(c.out))
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
