//go:build unix

package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"golang.org/x/sys/unix"
)

// addressSpace is what a command may map while it is attacked, in KiB. The program
// and its runtime reserve a part of it and use little of that.
const addressSpace = 6 << 20

// attack is a file that is damaged or meant to do harm, and what is to become of it.
type attack struct {
	class, name string
	// plant writes files into the folder where args are then run.
	plant func(t *testing.T, dir string)
	args  []string
	// exit is the exit code, says a part of the message.
	exit int
	says string
	// megabytes bounds what is in memory at most.
	megabytes int64
	// after looks at the folder when all is over; nil for most.
	after func(t *testing.T, dir, output string)
}

// attacks is the table. Files are made here, since they are large or do not lie well
// in a repository; and when they are asked for, since this program is the command under
// test as well, whose every start would otherwise make them.
func attacks() []attack {
	return []attack{
		{class: "image", name: "PNG of few bytes that says 16384 by 16384", plant: inClasses(func() []byte { return pngClaim(16384, 16384, 6) }),
			args: readAll, exit: 3, says: "cannot come out of", megabytes: 120},
		{class: "image", name: "PNG that holds 16384 by 16384 black pixels", plant: inClasses(func() []byte { return pngBlack(16384, 16384) }),
			args: readAll, exit: 3, says: "limits.pixels", megabytes: 120},
		{class: "image", name: "GIF of few bytes that says 16384 by 16384", plant: inClasses(func() []byte {
			return append([]byte("GIF89a\x00\x40\x00\x40\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x00\x40\x00\x40\x00\x02\x02\x4c\x01\x00"), ';')
		}), args: readAll, exit: 3, says: "cannot come out of", megabytes: 120},
		{class: "image", name: "BMP of few bytes that says 16384 by 16384", plant: inClasses(func() []byte {
			head := append([]byte("BM"), make([]byte, 52)...)
			put := func(at int, v uint32) { binary.LittleEndian.PutUint32(head[at:], v) }
			put(10, 54)
			put(14, 40)
			put(18, 16384)
			put(22, 16384)
			head[26], head[28] = 1, 24
			return head
		}), args: readAll, exit: 3, says: "cannot come out of", megabytes: 120},
		{class: "image", name: "TIFF of few bytes that says 8192 by 8192", plant: inClasses(func() []byte { return tiffClaim(8192, 8192) }),
			args: readAll, exit: 3, says: "cannot come out of", megabytes: 120},

		{class: "IDX", name: "labels that say 2^31", plant: idx([]byte{0, 0, 8, 1, 0x7f, 0xff, 0xff, 0xff, 1, 2}, idxImages(2)),
			args: readAll, exit: 3, says: "limits.rows", megabytes: 120},
		{class: "IDX", name: "labels that say a million and have two", plant: idx([]byte{0, 0, 8, 1, 0, 0x10, 0, 0, 1, 2}, idxImages(2)),
			args: readAll, exit: 3, says: "truncated (after 2 of 1048576", megabytes: 120},
		{class: "IDX", name: "images of 2^30 bytes each", plant: idx([]byte{0, 0, 8, 1, 0, 0, 0, 2, 1, 2}, []byte{0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0x80, 0, 0, 0, 0x80, 0, 1}),
			args: readAll, exit: 3, says: "", megabytes: 120},

		{class: "arrays", name: "NPZ of 8 MB that says 8.4 GB", plant: npz(func(w *zip.Writer) error {
			return rawMember(w, "x.npy", 8_400_000_128, 8_200_000)
		}), args: readAll, exit: 3, says: "limits.unpacked", megabytes: 120},
		{class: "arrays", name: "NPZ of 100 bytes that says 8.4 GB", plant: npz(func(w *zip.Writer) error {
			return rawMember(w, "x.npy", 8_400_000_128, 100)
		}), args: readAll, exit: 3, says: "cannot come out of", megabytes: 120},
		{class: "arrays", name: "NPY whose shape says 2^60", plant: file("a.npy", npy("(1152921504606846976, 8)", 64)), args: []string{"dataset", "splits", arraysYAML},
			exit: 3, says: "too large for any file", megabytes: 120},
		{class: "arrays", name: "safetensors whose header says 2^62", plant: file("a.npy", append([]byte{0, 0, 0, 0, 0, 0, 0, 0x40}, "{}"...)), args: []string{"dataset", "splits", arraysYAML},
			exit: 3, says: "", megabytes: 120},

		{class: "text", name: "CSV with a line of 40 MB", plant: csvOf(func(w io.Writer) { fill(w, "x", 40<<20) }), args: readAll, exit: 3, says: "limits.line", megabytes: 300},
		{class: "text", name: "CSV with a quote that never ends", plant: csvOf(func(w io.Writer) { io.WriteString(w, `1,"`); fill(w, strings.Repeat("x", 99)+"\n", 40<<20) }), args: readAll, exit: 3, says: "limits.line", megabytes: 300},
		{class: "text", name: "CSV with 30 million fields", plant: csvOf(func(w io.Writer) { fill(w, ",", 30<<20) }), args: readAll, exit: 3, says: "limits.fields", megabytes: 300},
		{class: "text", name: "JSON with a text of 40 MB", plant: jsonOf(func(w io.Writer) { io.WriteString(w, `{"label":"`); fill(w, "x", 40<<20) }), args: readAll, exit: 3, says: "limits.line", megabytes: 300},
		{class: "text", name: "JSON of 40 million lists in one another", plant: jsonOf(func(w io.Writer) { fill(w, "[", 40<<20) }), args: readAll, exit: 3, says: "limits.line", megabytes: 300},
		{class: "text", name: "JSON of 30 000 lists in one another", plant: jsonOf(func(w io.Writer) { fill(w, "[", 30_000); fill(w, "]", 30_001) }), args: readAll, exit: 3, says: "is no object in JSON", megabytes: 120},
		{class: "text", name: "JSON of 500 000 numbers", plant: jsonOf(func(w io.Writer) { fill(w, "7,", 1_000_000); io.WriteString(w, "7]") }), args: readAll, exit: 3, says: "bad samples", megabytes: 300},
		{class: "text", name: "JSON with 100 000 keys", plant: jsonOf(func(w io.Writer) {
			io.WriteString(w, "{")
			for i := range 100_000 {
				fmt.Fprintf(w, `"%d":1,`, i)
			}
			io.WriteString(w, `"label":"yes"}]`)
		}), args: readAll, exit: 0, megabytes: 300},
		{class: "text", name: "gzip of a line of 4 GB", plant: gzOf("a.csv", 4<<30), args: readAll, exit: 3, says: "limits.line", megabytes: 300},
		{class: "text", name: "svmlight with a line of 40 MB", plant: svm(func(w io.Writer) { io.WriteString(w, "1 1:1\n2 "); fill(w, "x", 40<<20) }), args: readAll, exit: 3, says: "limits.line", megabytes: 300},
		{class: "text", name: "loss table with a line of 40 MB", plant: func(t *testing.T, dir string) {
			made(t, filepath.Join(dir, "a.csv"), func(w io.Writer) { io.WriteString(w, "domain,seed,sample,loss\n"); fill(w, "x", 40<<20) })
		}, args: []string{"compare", "--independent", "a.csv", "--arm", "a.csv"}, exit: 3, says: "limits.line", megabytes: 300},
		{class: "text", name: "gains with a line of 40 MB", plant: func(t *testing.T, dir string) {
			made(t, filepath.Join(dir, "a.csv"), func(w io.Writer) { io.WriteString(w, "pool,target,gain\n"); fill(w, "x", 40<<20) })
		}, args: []string{"group", "--gains", "a.csv"}, exit: 3, says: "limits.line", megabytes: 300},

		{class: "encoding", name: "a colour in Shift JIS", plant: file("a.csv", []byte("label,v\n\x90\xd4,1\nred,2\n")), args: readAll, exit: 3, says: "shift_jis", megabytes: 120},
		{class: "encoding", name: "Cyrillic", plant: file("a.csv", []byte("label,v\n\xea\xf0\xe0\xf1\xed\xfb\xe9,1\n\xf1\xe8\xed\xe8\xe9,2\n")), args: readAll, exit: 3, says: "columns.encoding", megabytes: 120},

		{class: "Parquet", name: "a list of 2^31 elements", plant: file("a.parquet", []byte("PAR1\x15\x02\x19\xfc\xff\xff\xff\xff\x07\x09\x00\x00\x00PAR1")), args: parquetReadAll, exit: 3, says: "beyond its end", megabytes: 120},
		{class: "Parquet", name: "5 MB of structs in one another", plant: file("a.parquet", footed(append([]byte{0x15, 2, 0x19}, bytes.Repeat([]byte{0x1c}, 5<<20)...))), args: parquetReadAll, exit: 3, says: "nested without end", megabytes: 120},
		{class: "Parquet", name: "a million empty columns", plant: file("a.parquet", footed(append([]byte("\x49\x1c\x19\xfc\x80\x80\x40"), make([]byte, 1<<20+2)...))), args: parquetReadAll, exit: 3, says: "more columns", megabytes: 120},
		{class: "Parquet", name: "the same as a loss table", plant: file("a.parquet", footed(append([]byte{0x15, 2, 0x19}, bytes.Repeat([]byte{0x1c}, 5<<20)...))), args: []string{"compare", "--independent", "a.parquet", "--arm", "a.parquet"}, exit: 3, says: "nested without end", megabytes: 120},
		{class: "Parquet", name: "the same as gains", plant: file("a.parquet", []byte("PAR1\x15\x02\x19\xfc\xff\xff\xff\xff\x07\x09\x00\x00\x00PAR1")), args: []string{"group", "--gains", "a.parquet"}, exit: 3, says: "beyond its end", megabytes: 120},
		{class: "Parquet", name: "a run of 2^31 words of a dictionary", plant: endless(func(_ int64, word float64) sampleRow { return sampleRow{"yes", word} }), args: parquetReadAll, exit: 3, says: "more values than its head says", megabytes: 120},
		{class: "Parquet", name: "such a run of losses", plant: endless(func(i int64, word float64) lossRow { return lossRow{"a", 0, i, word} }), args: []string{"compare", "--independent", "a.parquet", "--arm", "a.parquet"}, exit: 3, says: "more values than its head says", megabytes: 120},
		{class: "Parquet", name: "such a run of gains", plant: endless(func(_ int64, word float64) gainRow { return gainRow{"a|b", "a", word} }), args: []string{"group", "--gains", "a.parquet"}, exit: 3, says: "more values than its head says", megabytes: 120},

		{class: "study", name: "20 000 brackets", plant: file("s.yaml", []byte("version: 1\nname: "+strings.Repeat("[", 20000)+"\n")), args: []string{"plan", "s.yaml"}, exit: 3, says: `the limit "levels" is 100`, megabytes: 120},
		{class: "study", name: "20 000 dashes", plant: file("s.yaml", []byte("version: 1\nname:\n"+strings.Repeat("- ", 20000)+"a\n")), args: []string{"plan", "s.yaml"}, exit: 3, says: `the limit "levels" is 100`, megabytes: 120},
		{class: "study", name: "100 000 unknown keys", plant: file("s.yaml", numbered("k%d: 1\n", 100000)), args: []string{"plan", "s.yaml"}, exit: 3, says: `the limit "keys" is 10000`, megabytes: 200},
		{class: "study", name: "3 MB of list", plant: file("s.yaml", []byte("version: 1\nname: ["+strings.Repeat("1,", 3<<19)+"1]\n")), args: []string{"plan", "s.yaml"}, exit: 3, says: `the limit "document"`, megabytes: 120},
		{class: "study", name: "one line of 1 MB", plant: file("s.yaml", []byte("version: 1\nname: a\nbogus: '"+strings.Repeat("x", 1<<20)+"'\n")), args: []string{"plan", "s.yaml"}, exit: 3, says: "unknown key", megabytes: 200,
			after: func(t *testing.T, _, output string) {
				if len(output) > 2000 {
					t.Errorf("the message has %d bytes", len(output))
				}
			}},

		{class: "folder", name: "results.json of 3 million objects", plant: file("out/results.json", []byte(`{"version":1,"runs":[`+strings.Repeat("{},", 3<<20)+"{}]}")), args: []string{"report", "out"}, exit: 3, says: `the limit "objects"`, megabytes: 200},
		{class: "folder", name: "results.json of lists in one another", plant: file("out/results.json", []byte(`{"version":1,"x":`+strings.Repeat("[", 1<<20))), args: []string{"report", "out"}, exit: 3, says: "in one another", megabytes: 120},
		{class: "folder", name: "results.json of the wrong kind", plant: file("out/results.json", []byte(`{"version":2,"domains":"all"}`)), args: []string{"report", "out"}, exit: 3, says: "an array must stand", megabytes: 120},
		{class: "folder", name: "results.json cut off", plant: file("out/results.json", []byte(`{"version":2,"domains":[`)), args: []string{"report", "out"}, exit: 3, says: "cut off", megabytes: 120},
		{class: "folder", name: "run ../../etc in plan.json", plant: file("out/plan.json", []byte(`{"version":2,"runs":[{"id":"../../etc"}]}`)), args: []string{"status", "out"}, exit: 3, says: "no name of a run", megabytes: 120},

		{class: "model", name: "5 million empty nodes", plant: file("m.onnx", protobuf(7, bytes.Repeat([]byte{0x0a, 0}, 5<<20))), args: []string{"model", "inspect", "m.onnx"}, exit: 3, says: `the limit "nodes"`, megabytes: 200},
		{class: "model", name: "graphs in one another", plant: file("m.onnx", protobuf(7, nested(3000))), args: []string{"model", "inspect", "m.onnx"}, exit: 3, says: "without end", megabytes: 200},
		{class: "model", name: "terminal commands in a name", plant: file("m.onnx", protobuf(7, protobuf(2, []byte("\x1b]0;owned\x07\x1b[2J")))), args: []string{"model", "inspect", "m.onnx"}, exit: -1, says: "", megabytes: 200,
			after: func(t *testing.T, _, output string) {
				if strings.ContainsAny(output, "\x1b\x07") {
					t.Errorf("%q commands the terminal", output)
				}
			}},

		{class: "kind of file", name: "a pipe as table", plant: pipe("a.csv"), args: readAll, exit: 3, says: "a pipe", megabytes: 120},
		{class: "kind of file", name: "a pipe as loss table", plant: pipe("a.csv"), args: []string{"compare", "--independent", "a.csv", "--arm", "a.csv"}, exit: 3, says: "a pipe", megabytes: 120},
		{class: "kind of file", name: "a pipe as model", plant: pipe("m.onnx"), args: []string{"model", "inspect", "m.onnx"}, exit: 3, says: "a pipe", megabytes: 120},
		{class: "kind of file", name: "a pipe as study", plant: pipe("s.yaml"), args: []string{"plan", "s.yaml"}, exit: 3, says: "a pipe", megabytes: 120},
		{class: "kind of file", name: "a pipe as gains", plant: pipe("a.csv"), args: []string{"group", "--gains", "a.csv"}, exit: 3, says: "a pipe", megabytes: 120},
		{class: "kind of file", name: "a pipe as results", plant: pipe("out/results.json"), args: []string{"report", "out"}, exit: 3, says: "a pipe", megabytes: 120},
		{class: "kind of file", name: "a device without end as model", plant: func(*testing.T, string) {}, args: []string{"model", "inspect", "/dev/zero"}, exit: 3, says: "a device", megabytes: 120},
		{class: "kind of file", name: "a device without end as study", plant: func(*testing.T, string) {}, args: []string{"plan", "/dev/zero"}, exit: 3, says: "a device", megabytes: 120},
		{class: "kind of file", name: "a device without end as gains", plant: func(*testing.T, string) {}, args: []string{"group", "--gains", "/dev/zero"}, exit: 3, says: "a device", megabytes: 120},

		{class: "output", name: "the table that is inspected", plant: honest, args: []string{"dataset", "inspect", "csv.yaml", "-o", "a.csv"}, exit: 2, says: "would be lost", megabytes: 120, after: untouched("a.csv", honestTable)},
		{class: "output", name: "the same through a link", plant: func(t *testing.T, dir string) {
			honest(t, dir)
			must(t, os.Symlink("a.csv", filepath.Join(dir, "link")))
		}, args: []string{"dataset", "inspect", "csv.yaml", "-o", "link"}, exit: 2, says: "would be lost", megabytes: 120, after: untouched("a.csv", honestTable)},
		{class: "output", name: "the study that is inspected", plant: honest, args: []string{"dataset", "splits", "csv.yaml", "-o", "csv.yaml"}, exit: 2, says: "would be lost", megabytes: 120, after: untouched("csv.yaml", csvStudy)},
		{class: "output", name: "the model that is judged", plant: func(t *testing.T, dir string) { honest(t, dir); file("m.onnx", []byte("model"))(t, dir) },
			args: []string{"eval", "m.onnx", "--data", "csv.yaml", "-o", "m.onnx"}, exit: 2, says: "would be lost", megabytes: 120, after: untouched("m.onnx", "model")},
		{class: "output", name: "the results that are reported", plant: file("out/results.json", []byte("{}")), args: []string{"report", "out", "-o", "out/results.json"}, exit: 2, says: "would be lost", megabytes: 120, after: untouched("out/results.json", "{}")},
		{class: "output", name: "the root of the file system", plant: func(t *testing.T, dir string) {
			honest(t, dir)
			file("two.yaml", []byte(csvStudy+"  - {name: b, data: a.csv, columns: {label: label}}\n"))(t, dir)
		}, args: []string{"run", "two.yaml", "-o", "/"}, exit: 2, says: "root of the file system", megabytes: 200},
		{class: "output", name: "a link", plant: func(t *testing.T, dir string) {
			honest(t, dir)
			must(t, os.Symlink("list.txt", filepath.Join(dir, "link")))
		}, args: []string{"dataset", "splits", "csv.yaml", "-o", "link"}, exit: 0, megabytes: 120, after: func(t *testing.T, dir, _ string) {
			if info, err := os.Lstat(filepath.Join(dir, "link")); err != nil || info.Mode()&os.ModeSymlink == 0 {
				t.Errorf("the link is gone: %v", err)
			}
			if _, err := os.Stat(filepath.Join(dir, "list.txt")); err != nil {
				t.Error(err)
			}
		}},
		// A pipe stands for all that must not be replaced. A device of the system would be
		// lost to the whole machine where this fails.
		{class: "output", name: "a pipe", plant: func(t *testing.T, dir string) {
			honest(t, dir)
			pipe("pipe")(t, dir)
			f, err := os.OpenFile(filepath.Join(dir, "pipe"), os.O_RDWR, 0) // whoever writes finds a reader
			must(t, err)
			t.Cleanup(func() { f.Close() })
		}, args: []string{"dataset", "splits", "csv.yaml", "-o", "pipe"}, exit: 0, megabytes: 120, after: func(t *testing.T, dir, _ string) {
			if info, err := os.Lstat(filepath.Join(dir, "pipe")); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
				t.Errorf("the pipe is gone: %v", err)
			}
		}},
	}
}

// Commands that many attacks are made on. plantStudies writes the files that they
// name.
var (
	readAll        = []string{"dataset", "splits", "study.yaml"}
	parquetReadAll = []string{"dataset", "splits", "parquet.yaml"}
)

const (
	arraysYAML  = "arrays.yaml"
	csvStudy    = "version: 1\nname: attack\ninput: table\ndomains:\n  - {name: a, data: a.csv, columns: {label: label}}\n"
	honestTable = "label,v\nyes,1\nno,2\nyes,3\nno,4\nyes,5\nno,6\nyes,7\nno,8\nyes,9\nno,10\nyes,11\nno,12\nyes,13\nno,14\nyes,15\nno,16\nyes,17\nno,18\nyes,19\nno,20\n"
)

// studyFor is a study of one domain for what an attack planted: study.yaml.
func studyFor(dir string) string {
	has := func(name string) bool { _, err := os.Lstat(filepath.Join(dir, name)); return err == nil }
	switch {
	case has("photos"):
		return "version: 1\nname: attack\ninput: {image: [8, 8]}\ndomains:\n  - {name: a, data: photos}\n"
	case has("a.labels"):
		return "version: 1\nname: attack\ninput: {image: [8, 8]}\ndomains:\n  - {name: a, data: {images: a.images, labels: a.labels}}\n"
	case has("a.npz"):
		return "version: 1\nname: attack\ninput: {kind: array}\ndomains:\n  - {name: a, data: {path: a.npz, inputs: x, labels: y}}\n"
	case has("a.svm"):
		return "version: 1\nname: attack\ninput: table\ndomains:\n  - {name: a, format: svmlight, data: a.svm}\n"
	case has("a.csv.gz"):
		return strings.Replace(csvStudy, "a.csv", "a.csv.gz", 1)
	case has("a.json"):
		return strings.Replace(csvStudy, "a.csv", "a.json", 1)
	}
	return csvStudy
}

// TestAttacks runs commands on files that are damaged or meant to do harm, within a
// limit of addresses and little memory. Another program can be attacked, such as an
// earlier version, whose words are not looked at: the variable SHAREWISE_ATTACKED
// names it.
func TestAttacks(t *testing.T) {
	self, err := os.Executable()
	must(t, err)
	bin := t.TempDir()
	if other := os.Getenv("SHAREWISE_ATTACKED"); other != "" {
		self = other
	}
	// The test program is the command where it is called by its name.
	must(t, os.Symlink(self, filepath.Join(bin, "sharewise")))
	held := map[string][2]int{}
	most := map[string]peak{}
	for _, a := range slices.Concat(attacks(), textAttacks(), modelAttacks()) {
		t.Run(a.class+"/"+a.name, func(t *testing.T) {
			dir := t.TempDir()
			a.plant(t, dir)
			for name, text := range map[string]string{
				"study.yaml": studyFor(dir), "csv.yaml": csvStudy,
				"parquet.yaml": strings.Replace(csvStudy, "a.csv", "a.parquet", 1),
				arraysYAML:     "version: 1\nname: attack\ninput: {kind: array}\ndomains:\n  - {name: a, data: {path: a.npy, labels: a.npy}}\n",
			} {
				if _, err := os.Lstat(filepath.Join(dir, name)); err != nil {
					must(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
				}
			}
			if took := a.run(t, dir, filepath.Join(bin, "sharewise")); took > most[a.class].megabytes {
				most[a.class] = peak{took, a.name}
			}
			n := held[a.class]
			n[1]++
			if !t.Failed() {
				n[0]++
			}
			held[a.class] = n
		})
	}
	for class, n := range held {
		t.Logf("| %s | %d of %d held | %d MB | %s |", class, n[0], n[1], most[class].megabytes, most[class].name)
	}
}

// peak is the most memory that a command of a class took, and on what.
type peak struct {
	megabytes int64
	name      string
}

// run returns the memory that was taken at most, in megabytes.
func (a *attack) run(t *testing.T, dir, program string) int64 {
	t.Helper()
	const patience = 30 * time.Second
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", append([]string{"-c", fmt.Sprintf(`ulimit -v %d; exec "$0" "$@"`, addressSpace), program}, a.args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOMAXPROCS=2", "NO_COLOR=1")
	cmd.WaitDelay = time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	must(t, cmd.Start())
	peak := watchMemory(cmd.Process.Pid)
	err := cmd.Wait()
	_, took := peak()
	output := out.String()
	shown := output[:min(len(output), 600)]
	if ctx.Err() != nil {
		t.Fatalf("it did not end within %v\n%s", patience, shown)
	}
	ended := new(exec.ExitError)
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	if code := cmd.ProcessState.ExitCode(); code != a.exit && a.exit >= 0 {
		t.Errorf("exit code %d, want %d\n%s", code, a.exit, shown)
	}
	if !strings.Contains(output, a.says) && os.Getenv("SHAREWISE_ATTACKED") == "" {
		t.Errorf("no word of %q:\n%s", a.says, shown)
	}
	for _, raw := range []string{"goroutine ", "runtime error", "slice bounds", "cannot unmarshal", "out of memory"} {
		if strings.Contains(output, raw) {
			t.Errorf("%q stands in the message:\n%s", raw, shown)
		}
	}
	if took > a.megabytes {
		t.Errorf("took %d MB, %d are allowed", took, a.megabytes)
	}
	t.Logf("%d MB, %v", took, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	if a.after != nil {
		a.after(t, dir, output)
	}
	return took
}

// fill writes a text again and again until n bytes are written.
func fill(w io.Writer, text string, n int64) {
	piece := bytes.Repeat([]byte(text), max(1, (1<<20)/len(text)))
	for n > 0 {
		k := min(n, int64(len(piece)))
		if _, err := w.Write(piece[:k]); err != nil {
			return
		}
		n -= k
	}
}

func csvOf(write func(io.Writer)) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		made(t, filepath.Join(dir, "a.csv"), func(w io.Writer) {
			io.WriteString(w, "label,v\nyes,1\nno,2\n")
			write(w)
		})
	}
}

// jsonOf is a list of objects in JSON that goes on as an attack does.
func jsonOf(write func(io.Writer)) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		made(t, filepath.Join(dir, "a.json"), func(w io.Writer) {
			io.WriteString(w, `[{"label":"yes","v":1},{"label":"no","v":2},`)
			write(w)
		})
	}
}

func svm(write func(io.Writer)) func(*testing.T, string) {
	return func(t *testing.T, dir string) { made(t, filepath.Join(dir, "a.svm"), write) }
}

// gzOf plants a table whose last line has n bytes, packed. A member of gzip is
// repeated, since one that is packed anew takes its time.
func gzOf(name string, n int64) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		packed := func(write func(io.Writer)) []byte {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			write(z)
			must(t, z.Close())
			return b.Bytes()
		}
		const piece = 16 << 20
		long := packed(func(w io.Writer) { fill(w, "x", piece) })
		made(t, filepath.Join(dir, name+".gz"), func(w io.Writer) {
			w.Write(packed(func(w io.Writer) { io.WriteString(w, "label,v\nyes,1\n") }))
			for range n / piece {
				w.Write(long)
			}
		})
	}
}

// inClasses plants images of two classes.
func inClasses(image func() []byte) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		for _, name := range []string{"yes/a.png", "no/b.png"} {
			file("photos/"+name, image())(t, dir)
		}
	}
}

func chunk(kind string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(append(out, kind...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

func pngHead(width, height, depth, kind int) []byte {
	head := binary.BigEndian.AppendUint32(nil, uint32(width))
	head = binary.BigEndian.AppendUint32(head, uint32(height))
	return append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(head, byte(depth), byte(kind), 0, 0, 0))...)
}

// pngClaim has next to no pixels.
func pngClaim(width, height, kind int) []byte {
	return append(append(pngHead(width, height, 8, kind), chunk("IDAT", []byte{0x78, 0x9c, 0})...), chunk("IEND", nil)...)
}

// pngBlack has all its pixels, of one bit.
func pngBlack(width, height int) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	fill(z, "\x00", int64(height)*int64(1+width/8))
	z.Close()
	return append(append(pngHead(width, height, 1, 0), chunk("IDAT", b.Bytes())...), chunk("IEND", nil)...)
}

func tiffClaim(width, height int) []byte {
	out := []byte("II*\x00\x08\x00\x00\x00\x09\x00")
	entry := func(tag, kind, value int) {
		out = binary.LittleEndian.AppendUint16(out, uint16(tag))
		out = binary.LittleEndian.AppendUint16(out, uint16(kind))
		out = binary.LittleEndian.AppendUint32(out, 1)
		out = binary.LittleEndian.AppendUint32(out, uint32(value))
	}
	entry(256, 4, width)
	entry(257, 4, height)
	entry(258, 3, 8)
	entry(259, 3, 1)
	entry(262, 3, 1)
	entry(273, 4, 8)
	entry(277, 3, 1)
	entry(278, 4, height)
	entry(279, 4, 10)
	return append(out, 0, 0, 0, 0)
}

func idx(labels, images []byte) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		file("a.labels", labels)(t, dir)
		file("a.images", images)(t, dir)
	}
}

func idxImages(n int) []byte {
	return append([]byte{0, 0, 8, 3, 0, 0, 0, byte(n), 0, 0, 0, 8, 0, 0, 0, 8}, make([]byte, n*64)...)
}

// npy is the head of an array of 32-bit numbers, and zeros.
func npy(shape string, zeros int) []byte {
	text := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': %s, }", shape)
	text += strings.Repeat(" ", 117-len(text)) + "\n"
	return append([]byte("\x93NUMPY\x01\x00\x76\x00"+text), make([]byte, zeros)...)
}

func npz(write func(*zip.Writer) error) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		made(t, filepath.Join(dir, "a.npz"), func(w io.Writer) {
			z := zip.NewWriter(w)
			must(t, write(z))
			must(t, z.Close())
		})
	}
}

// rawMember says that it unpacks to size bytes and has n.
func rawMember(w *zip.Writer, name string, size uint64, n int64) error {
	m, err := w.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, UncompressedSize64: size, CompressedSize64: uint64(n)})
	if err == nil {
		fill(m, "\x00", n)
	}
	return err
}

// footed is a Parquet file of a footer alone.
func footed(footer []byte) []byte {
	out := append([]byte("PAR1"), footer...)
	return append(binary.LittleEndian.AppendUint32(out, uint32(len(footer))), "PAR1"...)
}

// endless plants a.parquet, whose rows have numbers that are words of a dictionary. What was
// written of two words in turn became a run of 2^31-1 of one, in as many bytes.
func endless[T any](row func(sample int64, word float64) T) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		rows := make([]T, 72)
		for i := range rows {
			rows[i] = row(int64(i), float64(i%2))
		}
		var b bytes.Buffer
		must(t, parquet.Write(&b, rows, parquet.Compression(&parquet.Uncompressed)))
		inTurn := append([]byte{1, 9<<1 | 1}, bytes.Repeat([]byte{0xaa}, 9)...) // of one bit, nine times eight
		run := append(binary.AppendUvarint([]byte{1}, (1<<31-1)<<1), 0, 2, 0, 2, 0)
		sum := binary.AppendVarint(nil, int64(int32(crc32.ChecksumIEEE(inTurn))))
		noSum := []byte{0x80, 0x80, 0x80, 0x80, 0}
		data := b.Bytes()
		for _, change := range [][2][]byte{{inTurn, run}, {sum, noSum}} {
			if n := bytes.Count(data, change[0]); n != 1 || len(change[0]) != len(change[1]) {
				t.Fatalf("%x stands there %d times, and is to be %x", change[0], n, change[1])
			}
			data = bytes.Replace(data, change[0], change[1], 1)
		}
		file("a.parquet", data)(t, dir)
	}
}

// Rows of tables that are made without end.
type (
	sampleRow struct {
		Label string  `parquet:"label"`
		V     float64 `parquet:"v,dict"`
	}
	lossRow struct {
		Domain string  `parquet:"domain"`
		Seed   int64   `parquet:"seed"`
		Sample int64   `parquet:"sample"`
		Loss   float64 `parquet:"loss,dict"`
	}
	gainRow struct {
		Pool   string  `parquet:"pool"`
		Target string  `parquet:"target"`
		Gain   float64 `parquet:"gain,dict"`
	}
)

// numbered is a study with n lines of a form.
func numbered(form string, n int) []byte {
	var b bytes.Buffer
	b.WriteString("version: 1\nname: a\n")
	for i := range n {
		fmt.Fprintf(&b, form, i)
	}
	return b.Bytes()
}

// protobuf is a field of bytes.
func protobuf(field int, content []byte) []byte {
	out := binary.AppendUvarint(nil, uint64(field<<3|2))
	return append(binary.AppendUvarint(out, uint64(len(content))), content...)
}

// nested is a graph with a node whose attribute is a graph, and so on.
func nested(levels int) []byte {
	var graph []byte
	for range levels {
		graph = protobuf(1, protobuf(5, protobuf(6, graph)))
	}
	return graph
}

func pipe(name string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, unix.Mkfifo(path, 0o600))
	}
}

func honest(t *testing.T, dir string) {
	file("a.csv", []byte(honestTable))(t, dir)
	file("csv.yaml", []byte(csvStudy))(t, dir)
}

// untouched makes sure that a file has what it had.
func untouched(name, content string) func(*testing.T, string, string) {
	return func(t *testing.T, dir, _ string) {
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil || string(got) != content {
			t.Errorf("%s has changed: %v", name, err)
		}
	}
}
