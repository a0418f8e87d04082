package dataset

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// readWAV reads one file of a folder of sounds.
func readWAV(t testing.TB, dir, name string, channels int) (*recording, error) {
	t.Helper()
	s := parse(t, dir, seriesStudy(fmt.Sprintf("window: 2, channels: %d", channels), ""))
	o := &seriesReader{tableReader: newTableReader(&source{ctx: t.Context(), study: s, d: s.Domains[0]})}
	return o.record(recordingFile{path: name})
}

// TestSoundsOfOthers reads what testdata/peers/arrays.py wrote.
func TestSoundsOfOthers(t *testing.T) {
	left := []float64{0, 0.25, 0.5, -0.5, -1, 0.75, -0.25, 0.125}
	files, err := filepath.Glob(filepath.Join("testdata", "wav", "*.wav"))
	if err != nil || len(files) != 8 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		channels := 2
		if strings.HasSuffix(f, "mono.wav") {
			channels = 1
		}
		r, err := readWAV(t, "", filepath.ToSlash(f), channels)
		if err != nil {
			t.Errorf("%s: %v", f, err)
			continue
		}
		if r.rate != 8000 || r.channels.length() != len(left) || len(r.channels) != channels {
			t.Errorf("%s: %g samples per second, %d of %d channels", f, r.rate, r.channels.length(), len(r.channels))
			continue
		}
		for i, v := range left {
			for c := range r.channels {
				if want := []float64{v, -v / 2}[c]; float64(r.channels[c][i]) != want {
					t.Errorf("%s: sample %d of channel %d is %g, want %g", f, i, c, r.channels[c][i], want)
				}
			}
		}
	}
}

func TestWAVMistakes(t *testing.T) {
	good := filetest.WAV(8000, 1, 1, 2, 3, 4)
	floats := func(v float32) []byte {
		body := binary.LittleEndian.AppendUint32(make([]byte, 12), math.Float32bits(v))
		return filetest.WAVOf(filetest.Float, 32, 8000, 1, len(body), body)
	}
	dir := t.TempDir()
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "byte 0: not a WAV file"},
		{"big-endian", []byte("RIFX\x00\x00\x00\x00WAVE"), `byte 0: not a WAV file: it does not begin with RIFF and WAVE ("RIFX`},
		{"header cut", good[:30], "the file ends too early"},
		{"no samples", good[:36], "the file ends too early"},
		{"samples cut", good[:len(good)-2], "the file ends after 6 bytes of samples, and its header states 8"},
		{"half a sample", good[:len(good)-1], "the last 1 bytes are less than one sample of 16 bits"},
		{"compressed", filetest.WAVOf(0x55, 16, 8000, 1, 0, nil), "byte 20: samples of format 0x0055, which is compressed or unknown"},
		{"12 bits", filetest.WAVOf(filetest.PCM, 12, 8000, 1, 0, nil), "samples of 12 bits; PCM has 8, 16, 24 or 32, float has 32 or 64"},
		{"no rate", filetest.WAV(0, 1, 1), "no samples per second"},
		{"no channels", filetest.WAV(8000, 0, 1), "no channels"},
		{"stereo", filetest.WAV(8000, 2, 1, 2), "2 channels, and input.series.channels is 1"},
		{"alignment", append(append([]byte{}, good[:32]...), append([]byte{9, 0}, good[34:]...)...), "9 bytes for each moment of 1 channels of 16 bits"},
		{"data first", append([]byte("RIFF\x00\x00\x00\x00WAVEdata\x02\x00\x00\x00"), 1, 2), "byte 12: samples begin before their description"},
		{"huge description", []byte("RIFF\x00\x00\x00\x00WAVEfmt \xff\xff\xff\xff"), "byte 16: the size of the description of samples (\"4294967295\")"},
		{"extensible cut", filetest.WAVOf(filetest.Extensible, 16, 8000, 1, 0, nil), "the description of samples is truncated"},
	} {
		filetest.Write(t, dir, "x.wav", c.data)
		if _, err := readWAV(t, dir, "x.wav", 1); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	filetest.Write(t, dir, "x.wav", floats(float32(math.NaN())))
	r, err := readWAV(t, dir, "x.wav", 1)
	if err != nil || len(r.bad) != 1 || r.bad[0].from != 3 || !strings.Contains(r.bad[0].err.Error(), "sample 3 of channel 1 (byte 56): not a number") {
		t.Errorf("NaN: %v %v", r.bad, err)
	}
	// Programs that cannot go back write no size.
	for _, size := range []uint32{0, math.MaxUint32} {
		binary.LittleEndian.PutUint32(good[40:], size)
		filetest.Write(t, dir, "x.wav", good)
		if r, err := readWAV(t, dir, "x.wav", 1); err != nil || r.channels.length() != 4 {
			t.Errorf("size %d: %v", size, err)
		}
	}
}

func TestWAVFoldersOfSeveralRates(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "a/hum/1.wav", filetest.WAV(2000, 1, make([]int16, 4000)...))
	filetest.Write(t, dir, "a/click/1.wav.gz", filetest.Gzip(filetest.WAV(1000, 1, make([]int16, 2000)...)))
	if _, err := open(t, dir, seriesStudy("window: 100", "")); err == nil || !strings.Contains(err.Error(), "a/hum/1.wav: 2000 samples per second, and files before have 1000; input.series.rate brings them to one") {
		t.Errorf("two rates: %v", err)
	}
	d := mustOpen(t, dir, seriesStudy("window: 100, rate: 1000", ""))
	per := map[int]int{}
	for _, s := range []*Split{d.Train, d.Val, d.Test} {
		for i := range s.Len() {
			per[s.Label(i)]++
		}
	}
	// The resampled one loses a few to the reach of its filter.
	if per[0] != 20 || per[1] < 14 || per[1] > 18 {
		t.Errorf("windows by class: %v; %q", per, d.Notes)
	}
	if _, err := open(t, dir, seriesStudy("window: 100, rate: 1000", "series: {rate: 3000}")); err == nil || !strings.Contains(err.Error(), "a/click/1.wav.gz: 1000 samples per second, and series.rate is 3000") {
		t.Errorf("another rate: %v", err)
	}
}

func FuzzWAV(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "wav", "*.wav"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, 2)
	}
	f.Add(filetest.WAV(8000, 1, 1, 2, 3), 1)
	f.Fuzz(func(t *testing.T, data []byte, channels int) {
		if channels < 1 || channels > 8 {
			return
		}
		dir := t.TempDir()
		filetest.Write(t, dir, "x.wav", data)
		r, err := readWAV(t, dir, "x.wav", channels)
		alteration.Plain(t, err)
		if err == nil && len(r.channels) != channels {
			t.Errorf("%d channels, want %d", len(r.channels), channels)
		}
	})
}
