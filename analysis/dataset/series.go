package dataset

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/study"
)

// recording is the content of one file of signals.
type recording struct {
	file     recordingFile
	channels planar
	rate     float64 // samples per second; 0 where the file does not say
	bad      []flaw
	// For each moment, in tables:
	class, group []string
	targets      planar
}

// flaw is a run of moments that hold a value which cannot be used, in order.
type flaw struct {
	from, to int
	err      *Error // about the first
}

// spoil says that a moment cannot be used. Moments come in order.
func (r *recording) spoil(at int, err *Error) {
	if n := len(r.bad); n > 0 && r.bad[n-1].to >= at-1 {
		r.bad[n-1].to = at
		return
	}
	r.bad = append(r.bad, flaw{at, at, err})
}

// flawIn returns the first flaw in a range of moments, or nil.
func (r *recording) flawIn(from, to int) *flaw {
	k, _ := slices.BinarySearchFunc(r.bad, from, func(f flaw, at int) int { return f.to - at })
	if k < len(r.bad) && r.bad[k].from <= to {
		return &r.bad[k]
	}
	return nil
}

// cutter cuts recordings into windows.
type cutter struct {
	*seriesReader
	size, stride, horizon int
	rule                  string
	resamplers            map[float64]*resampler // by rate
	rate                  float64                // of the recordings, where they are not resampled
	st                    *store
	windows               *windows
	kept                  *spool[float32] // the recordings
	next                  int64           // number of the next window, of those left out too
	changes               int             // windows left out because their labels or groups differ
}

// seriesReader reads recordings, those in tables by the reader of tables.
type seriesReader struct {
	*tableReader
	signals int32 // recordings read so far
}

// read reads files of signals and cuts them into windows, file by file
// in the order of their names.
func (sr *seriesReader) read(f study.Files) (*store, error) {
	in, s := sr.study.Input.Series, sr.d.Series
	files, err := sr.recordingFiles(f)
	if err != nil {
		return nil, err
	}
	c := &cutter{
		seriesReader: sr, size: in.Length, stride: s.Stride, horizon: s.Horizon, rule: s.Rule,
		st: &store{shape: []int{in.Channels, in.Length}}, windows: &windows{size: in.Length}, kept: newSpool[float32](1, sr.budget),
		resamplers: map[float64]*resampler{},
	}
	if c.stride == 0 {
		c.stride = c.size
	}
	for _, file := range files {
		if err := sr.ctx.Err(); err != nil {
			return nil, err
		}
		r, err := sr.record(file)
		if err != nil {
			return nil, err
		}
		if r.rate == 0 {
			r.rate = s.Rate
		}
		resampler, err := c.resampler(r)
		if err != nil {
			return nil, err
		}
		if err := c.cut(r, resampler); err != nil {
			return nil, err
		}
	}
	if c.windows.values, err = c.kept.finish(); err != nil {
		return nil, err
	}
	c.st.rate = cmp.Or(in.Rate, c.rate)
	if c.changes > 0 {
		sr.notef("%d windows are left out because the label or the group changes in them", c.changes)
	}
	c.st.values = c.windows
	c.st.table = sr.tableFacts
	c.st.features, c.st.offset = sr.tableFeatures, sr.offsets.offset
	return c.st, nil
}

// record reads one file.
func (sr *seriesReader) record(file recordingFile) (*recording, error) {
	kind := sr.d.Series.Type
	if kind == "" {
		kind = study.SampleType(file.path)
	}
	switch kind {
	case "":
		return nil, &Error{File: file.path, Reason: "the ending does not tell how samples are stored; set series.type"}
	case study.CSVSamples:
		return sr.recordTable(file)
	case study.WAV:
		return sr.recordWAV(file)
	default:
		return sr.recordRaw(file, kind)
	}
}

// resampler returns what brings a recording to the common rate; nil leaves it
// as it is.
func (c *cutter) resampler(r *recording) (*resampler, error) {
	to := c.study.Input.Series.Rate
	said := c.d.Series.Rate
	switch made, ok := c.resamplers[r.rate]; {
	case said > 0 && said != r.rate:
		return nil, &Error{File: r.file.path, Reason: fmt.Sprintf("%g samples per second, and series.rate is %g", r.rate, said)}
	case to == 0 && c.rate > 0 && c.rate != r.rate:
		return nil, &Error{File: r.file.path, Reason: fmt.Sprintf("%g samples per second, and files before have %g; input.series.rate brings them to one", r.rate, c.rate)}
	case to == 0:
		c.rate = r.rate
		return nil, nil
	case r.rate == 0:
		return nil, &Error{File: r.file.path, Reason: "input.series.rate asks for resampling, and neither the file nor series.rate says how many samples per second there are"}
	case ok:
		return made, nil
	}
	made, err := newResampler(r.rate, to)
	if err != nil {
		return nil, &Error{File: r.file.path, Reason: err.Error()}
	}
	c.resamplers[r.rate] = made
	return made, nil
}

// cut stores a recording and appends its windows. Errors are those of storing.
func (c *cutter) cut(r *recording, resampler *resampler) error {
	stored := r.channels.length()
	if resampler != nil {
		for i, x := range r.channels {
			r.channels[i] = resampler.apply(x)
		}
		for i, x := range r.targets {
			r.targets[i] = resampler.apply(x)
		}
	}
	n := r.channels.length()
	if n < c.size+c.horizon {
		c.bin.add(&Error{File: r.file.path, Reason: fmt.Sprintf("%d samples, where a window with its horizon takes %d", n, c.size+c.horizon)})
		return nil
	}
	local := int32(len(c.windows.recordings))
	c.windows.recordings = append(c.windows.recordings, extent{c.kept.count, n})
	for _, x := range r.channels {
		if err := c.kept.add(x); err != nil {
			return err
		}
	}
	classRuns, groupRuns := runs(r.class), runs(r.group)
	for start := 0; start+c.size+c.horizon <= n; start += c.stride {
		id := c.next
		c.next++
		last := start + c.size - 1
		first, final, end := start, last, last+c.horizon
		sp := span{c.signals, int32(start), int32(end)}
		if resampler != nil {
			first, final, end = resampler.source(first), resampler.source(final), resampler.source(end)
			sp.from = int32(max(0, first-resampler.half))
			sp.to = int32(min(stored-1, end+resampler.half))
		}
		if f := r.flawIn(int(sp.from), int(sp.to)); f != nil {
			c.bin.add(f.err)
			continue
		}
		class, ok := label(r.class, classRuns, first, final, c.rule)
		if !ok || r.group != nil && groupRuns[end] > first {
			c.changes++
			continue
		}
		c.append(r, class, id, sp, position{local, int32(start)}, last+c.horizon)
	}
	c.signals++
	return nil
}

// append adds a window to the store. target is the moment that is predicted.
func (c *cutter) append(r *recording, class string, id int64, sp span, at position, target int) {
	st := c.st
	c.windows.at = append(c.windows.at, at)
	st.span = append(st.span, sp)
	st.id = append(st.id, id)
	st.part = append(st.part, undecided)
	st.member = append(st.member, fmt.Sprintf("%s: samples %d to %d", r.file.path, at.start, int(at.start)+c.size-1))
	if class == "" {
		class = r.file.class
	}
	if c.d.Task.Kind == study.Classification {
		st.class = append(st.class, class)
	}
	for _, x := range r.targets {
		st.target = append(st.target, float64(x[target]))
	}
	switch {
	case r.group != nil:
		st.group = append(st.group, r.group[sp.from])
	case r.file.group != "":
		st.group = append(st.group, r.file.group)
	}
}

// runs gives, for each moment, the one since which the text is the same.
func runs(texts []string) []int {
	out := make([]int, len(texts))
	for i := range texts {
		if i > 0 && texts[i] == texts[i-1] {
			out[i] = out[i-1]
		} else {
			out[i] = i
		}
	}
	return out
}

// label finds the class of a window by its moments' classes; false where they
// must agree and do not. Without any it is "".
func label(class []string, runs []int, first, last int, rule string) (string, bool) {
	if class == nil {
		return "", true
	}
	same := runs[last] <= first
	if same || rule == study.Last {
		return class[last], true
	}
	if rule != study.Majority {
		return "", false
	}
	count := map[string]int{}
	best := class[first]
	for _, c := range class[first : last+1] {
		count[c]++
	}
	for _, c := range class[first : last+1] { // the first of equals
		if count[c] > count[best] {
			best = c
		}
	}
	return best, true
}
