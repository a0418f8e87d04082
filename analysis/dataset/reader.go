package dataset

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/study"
)

// reader reads the files of a domain in one format: the data itself, then what is
// given for validation and for testing. What it learns from the first it may keep
// for the others.
type reader interface {
	read(f study.Files) (*store, error)
}

// readers makes the reader of each format of a study. Another format is a type
// that reads it, a line here, and its name among the formats of package study.
var readers = map[string]func(*source) reader{
	study.IDX:            func(s *source) reader { return &idxReader{s} },
	study.Images:         func(s *source) reader { return &imageReader{tableReader: newTableReader(s)} },
	study.TextFiles:      func(s *source) reader { return &textFileReader{s} },
	study.CSV:            func(s *source) reader { return newTableReader(s) },
	study.Parquet:        func(s *source) reader { return newTableReader(s) },
	study.SvmlightFormat: func(s *source) reader { return &svmlightReader{source: s} },
	study.SeriesFormat:   func(s *source) reader { return &seriesReader{tableReader: newTableReader(s)} },
	study.ArrayFormat:    func(s *source) reader { return &arrayReader{source: s, files: map[string]*datafile.ArrayFile{}} },
	study.InMemory:       func(s *source) reader { return &samplesReader{s} },
}

// open reads a domain with the reader of its format, and splits it.
func (s *source) open() (*assembly, error) {
	r := s.reader
	if r == nil {
		return nil, fmt.Errorf("dataset: unknown format %q", s.d.Format)
	}
	all, own := &store{table: &tableFacts{}}, 0
	for _, f := range []struct {
		files *study.Files
		part  part
	}{{&s.d.Files, undecided}, {s.d.Val, inVal}, {s.d.Test, inTest}} {
		if f.files == nil {
			continue
		}
		if err := s.ctx.Err(); err != nil {
			return nil, err
		}
		s.first = f.part == undecided
		part, err := r.read(*f.files)
		if err != nil {
			return nil, err
		}
		if s.first {
			own = part.rows()
		}
		if part.rows() == 0 && s.bin.count == 0 {
			return nil, &Error{File: name(*f.files), Reason: "no samples"}
		}
		if err := sameUnits(all, part, name(*f.files)); err != nil {
			return nil, err
		}
		all.append(part, f.part)
	}
	s.notes = append(s.notes, all.looks.notes()...)
	if !s.d.SkipBad {
		if err := s.bin.err(all.rows()); err != nil {
			return nil, err
		}
	}
	return s.assemble(all, own)
}
