package trainer

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
)

// Bounds of what is kept of a program's output, and of what errors show of it.
const (
	keptHead  = 64 << 10
	keptTail  = 64 << 10
	lastLines = 12
	lineBytes = 300
)

// output keeps the beginning and the end of what a program writes.
type output struct {
	mu   sync.Mutex
	head []byte
	tail []byte // the last bytes after head, in a ring once it is full
	at   int    // where the ring goes on
	all  int64
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all += int64(len(p))
	n := len(p)
	if room := keptHead - len(o.head); room > 0 {
		k := min(room, len(p))
		o.head = append(o.head, p[:k]...)
		p = p[k:]
	}
	if len(p) > keptTail {
		p = p[len(p)-keptTail:]
	}
	for len(p) > 0 {
		if len(o.tail) < keptTail {
			k := min(keptTail-len(o.tail), len(p))
			o.tail = append(o.tail, p[:k]...)
			p = p[k:]
			continue
		}
		k := copy(o.tail[o.at:], p)
		o.at = (o.at + k) % keptTail
		p = p[k:]
	}
	return n, nil
}

// end is what was kept of the end, in order, and how many bytes before it were not.
func (o *output) end() (tail []byte, lost int64) {
	tail = append(append([]byte(nil), o.tail[o.at:]...), o.tail[:o.at]...)
	return tail, o.all - int64(len(o.head)) - int64(len(tail))
}

// lines are the last lines, without those that are empty. A line that was written over,
// as progress is shown, counts as the last of what was written there.
func (o *output) lines() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	tail, lost := o.end()
	text := tail
	if lost == 0 {
		text = append(append([]byte(nil), o.head...), tail...)
	}
	var out []string
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		line = bytes.TrimRight(line, "\r \t")
		if i := bytes.LastIndexByte(line, '\r'); i >= 0 {
			line = line[i+1:]
		}
		if len(line) == 0 {
			continue
		}
		s := strings.ToValidUTF8(string(line[:min(len(line), lineBytes)]), "\uFFFD")
		if len(line) > lineBytes {
			s += " …"
		}
		if out = append(out, s); len(out) > lastLines {
			out = out[1:]
		}
	}
	return out
}

// WriteTo writes all that was kept, and how much was not.
func (o *output) WriteTo(w io.Writer) (int64, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	tail, lost := o.end()
	parts := [][]byte{o.head}
	if lost > 0 {
		parts = append(parts, fmt.Appendf(nil, "\n[%d bytes left out]\n", lost))
	}
	var n int64
	for _, p := range append(parts, tail) {
		k, err := w.Write(p)
		if n += int64(k); err != nil {
			return n, err
		}
	}
	return n, nil
}
