package drafting

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// scanWindow is the length of windows in a draft.
const scanWindow = 1024

// signalFolders takes a folder whose folders hold recordings, one folder per
// class, for a domain.
func (s *scanner) signalFolders(dir string, folders []string) *find {
	f := &find{at: s.placed(dir, true), rel: s.relative(dir), format: study.SeriesFormat}
	recordings, others := 0, datafile.NewPassed()
	var without []string
	for _, sub := range folders {
		entries, err := datafile.EntriesOf(filepath.Join(dir, sub))
		if err != nil {
			s.pass(filepath.Join(dir, sub), "%s", s.unreadable(err))
			continue
		}
		n := 0
		for _, e := range entries {
			kind := study.SampleType(e.Name())
			switch {
			case e.IsDir() || strings.HasPrefix(e.Name(), "."):
			case kind == "" || kind == study.CSVSamples:
				others.Add(sub + "/" + e.Name())
			default:
				if n++; f.c == 0 {
					f.listen(filepath.Join(dir, sub, e.Name()), kind)
				}
			}
		}
		if recordings += n; n > 0 {
			f.classes = append(f.classes, sub)
		} else {
			without = append(without, sub)
		}
	}
	if len(f.classes) < 2 {
		return nil
	}
	f.data = &study.Files{Path: f.rel}
	f.what = fmt.Sprintf("%d recordings in %d class folders", recordings, len(f.classes))
	f.classes = nil
	f.notes = append(f.notes, fmt.Sprintf("recordings are cut into windows of %d samples; see input.series", scanWindow))
	if others.Total() > 0 {
		f.notes = append(f.notes, fmt.Sprintf("files in class folders that are no recordings are left out: %s", others))
	}
	if len(without) > 0 {
		f.notes = append(f.notes, "folders without recordings are left out: "+datafile.List(without))
	}
	return f
}

// listen takes the number of channels and the rate from a recording; raw
// samples are taken for one channel.
func (f *find) listen(path, kind string) {
	f.c = 1
	if kind != study.WAV {
		return
	}
	in, err := datafile.Open(path, path)
	if err != nil {
		return
	}
	defer in.Close()
	if w, err := datafile.WAVHeader(in); err == nil {
		f.c, f.rate = w.Channels, w.Rate
	}
}

// writeWindow states the common windows. Where rates differ, all are brought
// to the lowest.
func (s *scanner) writeWindow(found []*find) {
	in := &s.draft.Study.Input
	in.Kind = study.SeriesInput
	in.Series = &study.Window{Length: scanWindow, Channels: found[0].c}
	low := found[0].rate
	for _, f := range found {
		low = min(low, f.rate)
	}
	for _, f := range found {
		if f.rate != found[0].rate && low > 0 {
			in.Series.Rate = low
		}
	}
	if in.Series.Rate > 0 {
		s.draft.Found = append(s.draft.Found, fmt.Sprintf("recordings are resampled to %g samples per second", low))
	}
}
