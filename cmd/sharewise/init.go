package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
)

const initLong = `Write a commented study file from a folder of data.

Every domain is looked for in one of these forms; everything else is guessed
and written down, to be corrected in the file:

  DIR/DOMAIN/CLASS/image.png              images, one folder per class
  DIR/DOMAIN/labels.csv                   a table of images or recordings: their files and
                                          classes
  DIR/DOMAIN/*-images-idx3-ubyte.gz       IDX files with their labels
  DIR/DOMAIN.csv                          tables with the same columns, Parquet too
  DIR/DOMAIN/2024-01-31.csv               tables in a file for each day or recording
  DIR/TABLE.csv                           one table with a column that names the domain
  DIR/plant=DOMAIN/part-0.parquet         a table in folders by the values of a column
  DIR/DOMAIN.svm                          sparse rows as svmlight and libsvm have them
  DIR/DOMAIN/CLASS/recording.wav          recordings; also .f32, .i16, ..., and tables of
                                          numbers with a row for each moment
  DIR/DOMAIN/worn_01.wav                  recordings whose names say their classes
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
  sharewise init data -o studies/lines.yaml --name lines
  sharewise init data --trainer 'python3 train.py'`

func newInitCommand(a *app) *cobra.Command {
	var (
		o       project.DraftOptions
		out     string
		memory  byteSize
		program string
	)
	cmd := &cobra.Command{
		Use:     "init DIR",
		Short:   "Write a study file for a folder of data",
		Long:    initLong,
		GroupID: "study",
		Args:    exactArgs("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Memory, o.Folds = int64(memory), true
			if o.Trainer = strings.Fields(program); program != "" && len(o.Trainer) == 0 {
				return usagef("--trainer: the command is empty; give one such as 'python3 train.py'")
			}
			d, err := a.draft(cmd.Context(), args[0], out, o)
			if err != nil {
				return err
			}
			if a.json {
				return a.writeJSON(newDraftSummary(d, out))
			}
			for _, f := range d.Found {
				a.say("%s", f)
			}
			if len(d.Candidates) > 0 {
				a.say("other columns whose values could be the domains, by --domains-by COLUMN: %s", strings.Join(d.Candidates, ", "))
			}
			a.say("\nWrote %s. Look it through, then: sharewise plan %s", out, out)
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&out, "output", "o", "study.yaml", "the study `FILE` to write")
	flags.StringVar(&o.Name, "name", "", "`NAME` of the study (default: the name of DIR)")
	flags.Var(&memory, "memory", "`SIZE` of the data held in memory while they are looked through (default: half of the machine's memory)")
	flags.StringVar(&program, "trainer", "", "`COMMAND` of a program of yours that trains instead, such as 'python3 train.py', as seen from the study file; see testdata/docs/guide.md")
	flags.StringVar(&o.Encoding, "encoding", "", "`NAME` of the encoding of tables that are not UTF-8 and do not show what else they are, such as shift_jis")
	flags.StringVar(&o.DomainsBy, "domains-by", "", "`COLUMN` of a table whose values are the domains (default: chosen by name and values)")
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

// draft writes the study file, unless there is one. Nothing is written that
// could not be planned.
func (a *app) draft(ctx context.Context, data, out string, o project.DraftOptions) (*study.Draft, error) {
	if _, err := os.Lstat(out); err == nil {
		return nil, inputError(fmt.Errorf("init: %s exists and is not overwritten; name another file with -o", out))
	}
	if err := a.spare([]output{{flag: "-o", path: out}}); err != nil {
		return nil, err
	}
	d, err := project.Draft(ctx, data, filepath.Dir(out), o)
	var cannot *project.DraftError
	if errors.As(err, &cannot) {
		err = fmt.Errorf("init: %w", err)
	}
	if err != nil {
		return nil, inputError(err)
	}
	err = atomicfile.Create(out, d.Encode(out))
	if errors.Is(err, fs.ErrExist) {
		err = inputError(fmt.Errorf("init: %s exists and is not overwritten", out))
	}
	return d, err
}
