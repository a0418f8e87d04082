package delimited

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// encoded is a text in an encoding.
func encoded(t testing.TB, name, text string) string {
	t.Helper()
	c, err := charsetOf(name)
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.NewEncoder().String(text)
	if err != nil {
		t.Fatalf("%s: %q: %v", name, text, err)
	}
	return out
}

// TestEncodingsFound reads tables in encodings that their text leaves no doubt of.
func TestEncodingsFound(t *testing.T) {
	japanese := "色,値,状態\n赤,1,ソート済み\n青,2,テスト中\n黄,3,終わり\n緑,4,不良\n"
	for name, c := range map[string]struct{ encoding, text string }{
		"Shift JIS":        {"shift_jis", japanese},
		"EUC-JP":           {"euc-jp", japanese},
		"kanji only":       {"shift_jis", "温度,判定\n1.5,合格\n2.5,不良\n"},
		"Taiwan":           {"big5", "溫度,結果\n1,合格\n2,不良\n"},
		"two colours":      {"shift_jis", "label,x\n赤,1\n青,2\n"},
		"western":          {"windows-1252", "Größe,Wert\nÄpfel,1\nBärlauch,2\n25 °C,3\n"},
		"French":           {"windows-1252", "élément,état\nété,1\nélève,2\nreçu,3\ngrève,4\n"},
		"Finnish":          {"windows-1252", "päivä,määrä\nhyvää,1\nsää,2\nyö,3\n"},
		"Portuguese":       {"windows-1252", "ação,medição\nfunção,1\nnão,2\nAÇÃO,3\n"},
		"Spanish":          {"windows-1252", "año,señal\nNiño,1\nÁrea,2\n"},
		"degrees":          {"windows-1252", "T [°C],v [µm]\n20,1\n21,2\n"},
		"quotes of Office": {"windows-1252", "name,n\ndon’t,1\nhe said “yes” – no,2\n"},
		"euro":             {"windows-1252", "price,n\n10 €,1\n20 €,2\n"},
	} {
		t.Run(name, func(t *testing.T) {
			raw := encoded(t, c.encoding, c.text)
			r, rows := all(t, raw, Settings{})
			var got []string
			for _, row := range rows {
				got = append(got, strings.Join(row, ","))
			}
			if text := strings.Join(got, "\n") + "\n"; text != c.text {
				t.Errorf("read %q, want %q", text, c.text)
			}
			said := strings.Contains(strings.Join(r.Notes, " "), c.encoding)
			if multi := c.encoding != "windows-1252"; multi != said {
				t.Errorf("notes are %q", r.Notes)
			}
		})
	}
}

// TestEncodingsInDoubt refuses to guess, by name, and reads what it is told.
func TestEncodingsInDoubt(t *testing.T) {
	for name, c := range map[string]struct{ encoding, text, want string }{
		"one colour in Japanese": {"shift_jis", "label,x\n赤,1\nred,2\n", "shift_jis"},
		"kanji only of EUC-JP":   {"euc-jp", "温度,判定\n1.5,合格\n2.5,不良\n", "euc-jp"},
		"Chinese names":          {"gbk", "站点,污染\n北京,1\n上海,2\n广州,3\n", "gbk"},
		"Chinese":                {"gbk", "名称,值\n合格,1\n不良品,2\n", "gbk"},
		"Korean":                 {"euc-kr", "색,값\n빨강,1\n파랑,2\n", "euc-kr"},
		"Russian":                {"windows-1251", "цвет,значение\nкрасный,1\nсиний,2\n", "does not show"},
	} {
		t.Run(name, func(t *testing.T) {
			raw := encoded(t, c.encoding, c.text)
			unknown := new(UnknownEncodingError)
			if _, err := Open(strings.NewReader(raw), Settings{}); !errors.As(err, &unknown) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
			_, rows := all(t, raw, Settings{Encoding: c.encoding})
			var got []string
			for _, row := range rows {
				got = append(got, strings.Join(row, ","))
			}
			if text := strings.Join(got, "\n") + "\n"; text != c.text {
				t.Errorf("read %q, want %q", text, c.text)
			}
		})
	}
}

// TestWrongEncoding is a row that the named encoding does not have.
func TestWrongEncoding(t *testing.T) {
	for encoding, text := range map[string]string{
		"utf-8":     "a,b\nx,1\n\xff\xfe,2\ny,3\n",
		"shift_jis": "a,b\nx,1\n\x85\x20,2\ny,3\n",
	} {
		r, err := Open(strings.NewReader(text), Settings{Encoding: encoding})
		if err != nil {
			t.Fatal(err)
		}
		var bad []int
		rows := 0
		for {
			_, err := r.Next()
			of := new(RowError)
			if errors.As(err, &of) {
				bad = append(bad, of.Line)
				continue
			}
			if err != nil {
				break
			}
			rows++
		}
		if len(bad) != 1 || bad[0] != 3 || rows != 3 {
			t.Errorf("%s: lines %v are bad and %d rows are read", encoding, bad, rows)
		}
	}
}

// TestLateEncoding is text that turns out not to be UTF-8 behind what is looked at.
func TestLateEncoding(t *testing.T) {
	text := "name,n\n" + strings.Repeat("plain,1\n", sniffBytes/8+10) + encoded(t, "shift_jis", "ソート,2\n") + "last,3\n"
	r, err := Open(strings.NewReader(text), Settings{})
	if err != nil {
		t.Fatal(err)
	}
	for {
		_, err = r.Next()
		if err != nil {
			break
		}
	}
	of := new(RowError)
	if !errors.As(err, &of) || !strings.Contains(of.Reason, "shift_jis") {
		t.Errorf("error %v", err)
	}
}

// TestLongRows end with an error and not with the memory.
func TestLongRows(t *testing.T) {
	var l filelimit.Limits
	l[filelimit.Line], l[filelimit.Fields] = 1<<21, 1000
	for name, c := range map[string]struct{ text, want string }{
		"a line":     {"a,b\n1,2\n" + strings.Repeat("x", 1<<22), "line 3: "},
		"a quote":    {"a,b\n1,2\n\"" + strings.Repeat("x\n", 1<<22), "limits.line"},
		"its fields": {"a,b\n1,2\n" + strings.Repeat(",", 1<<20+1), "limits.fields"},
		"words":      {"a b\n1 2\n" + strings.Repeat("x ", 1<<20), "limits.fields"},
	} {
		r, err := Open(strings.NewReader(c.text), Settings{Limits: l})
		for err == nil {
			_, err = r.Next()
		}
		if long := new(TooLongError); !errors.As(err, &long) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
}

// FuzzEncodings reads any bytes in any encoding: what comes out is UTF-8.
func FuzzEncodings(f *testing.F) {
	for _, name := range []string{"", "shift_jis", "euc-jp", "gbk", "utf-16", "latin-1"} {
		f.Add([]byte("label,x\n\x90\xd4,1\n\"\x90\xc2\n\",2\n"), name)
		f.Add([]byte("a;b\n\xe4\xf6\xfc;1,5\n"), name)
	}
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		if name != "" && IsEncoding(name) != nil {
			name = ""
		}
		r, err := Open(bytes.NewReader(data), Settings{Encoding: name})
		for err == nil {
			var fields []string
			if fields, err = r.Next(); errors.As(err, new(*RowError)) {
				err = nil
				continue
			}
			for _, field := range fields {
				if !utf8.ValidString(field) {
					t.Errorf("%q is no UTF-8", field)
				}
			}
		}
	})
}
