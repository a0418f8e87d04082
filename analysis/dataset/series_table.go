package dataset

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/delimited"
	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// recordTable reads a table with a row for each moment and a column for each
// channel. Rows that columns.where leaves out are as if they were not there.
func (sr *seriesReader) recordTable(file recordingFile) (*recording, error) {
	if sr.d.Columns == nil {
		sr.d.Columns = study.NewColumns()
	}
	m := &momentTable{table: sr.newTable(), recording: &recording{file: file}}
	if err := m.readFile(file.path, m.take); err != nil {
		return nil, err
	}
	sr.tableFeatures = m.features
	r := m.recording
	if m.wide == nil {
		m.wide = make([][]float64, len(m.features))
	}
	r.channels = m.narrow()
	if n, want := len(m.features), sr.study.Input.Series.Channels; n != want {
		return nil, &Error{File: file.path, Reason: fmt.Sprintf("%d columns of numbers (%s), and input.series.channels is %d; name the channels under columns.features", n, datafile.List(m.features), want)}
	}
	if sr.d.Columns.Label != "" {
		r.class = m.st.class
	}
	if sr.d.Columns.Group != "" {
		r.group = m.st.group
	}
	return r, nil
}

// momentTable puts the rows of a table into a recording.
type momentTable struct {
	*table
	*recording
	wide  [][]float64 // the channels
	count int
}

// narrow returns the channels in 32 bits. The first recording of a domain
// settles what is subtracted before.
func (m *momentTable) narrow() planar {
	if !m.offsets.settled && m.count > 0 {
		seen := make([]spread, len(m.wide))
		for c, channel := range m.wide {
			for _, v := range channel {
				seen[c].add(v)
			}
		}
		m.offsets = settledOffsets{true, offsetsOf(seen)}
	}
	out := make(planar, len(m.wide))
	for c, channel := range m.wide {
		offset := 0.0
		if m.offsets.offset != nil {
			offset = m.offsets.offset[c]
		}
		for _, v := range channel {
			out[c] = append(out[c], float32(v-offset))
		}
	}
	return out
}

// take adds the row of one moment. A bad row is a flaw, not a gap.
func (m *momentTable) take(path string, r row) error {
	ro := m.roles
	if m.wide == nil {
		m.wide = make([][]float64, len(ro.features))
		m.targets = make(planar, len(ro.targets))
	}
	e := r.err
	r.fields = delimited.Fit(ro.columns, r.fields)
	if e == nil && len(r.fields) != len(ro.columns) {
		e = &Error{Reason: fmt.Sprintf("%d fields, the table has %d columns", len(r.fields), len(ro.columns))}
	}
	if e == nil && !m.matches(ro.columns, ro.where, r.fields) {
		return nil
	}
	m.values, m.st.target = m.values[:0], m.st.target[:0]
	texts := len(m.st.part)
	if e == nil {
		e = m.numbers(ro, r.fields)
	}
	if e == nil {
		e = m.labels(ro, r.fields)
	}
	if e != nil {
		e.File = path
		if e.Line == 0 {
			e.Line = r.line
		}
		m.spoil(m.count, e)
		m.values = append(m.values[:0], make([]float64, len(ro.features))...)
		m.st.target = append(m.st.target[:0], make([]float64, len(ro.targets))...)
	}
	if len(m.st.part) == texts { // bad: windows with it are left out anyhow
		m.st.part = append(m.st.part, undecided)
		m.st.class = append(m.st.class, "")
		m.st.group = append(m.st.group, "")
	}
	for c, v := range m.values {
		m.wide[c] = append(m.wide[c], v)
	}
	for c, v := range m.st.target {
		m.targets[c] = append(m.targets[c], float32(v))
	}
	m.count++
	return nil
}
