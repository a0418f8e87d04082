package live

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/reports/language"
)

//go:embed page
var files embed.FS

// pages are the templates of the page.
var pages = language.NewTemplates(files, "page/*.tmpl", func(l language.Language) template.FuncMap {
	return template.FuncMap{
		"duration": language.Duration,
		"percent":  func(share float64) string { return fmt.Sprintf("%.0f", 100*share) },
		"short":    func(v *float64) string { return short(*v) },
		"runs":     func(n int) wording.Text { return wording.Some(n, "run", "runs") },
		"write":    l.Write,
		"read":     func(s string) string { return l.Write(wording.Written(s)) },
		"minus":    func(a, b int) int { return a - b },
	}
})

// asked is the language of a page: the one that the watcher is told, else the one of those
// that there are which the browser would like best (RFC 9110, section 12.5.4).
func (w *Watcher) asked(r *http.Request) language.Language {
	if w.Language != "" {
		return w.Language
	}
	best, most := language.English, 0.0
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, weight, _ := strings.Cut(part, ";")
		tag, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		quality := 1.0
		if text, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(weight)), "q="); ok {
			var err error
			if quality, err = strconv.ParseFloat(text, 64); err != nil || !(quality >= 0 && quality <= 1) {
				continue
			}
		}
		if l, err := language.Parse(tag); err == nil && tag != "" && quality > most {
			best, most = l, quality
		}
	}
	return best
}

// parts are the pieces of the page that are replaced while it is open, by the IDs of
// their elements, which are those of their templates.
var parts = []string{"summary", "underway", "curves", "arms", "next"}

// page is what templates see.
type page struct {
	*View
	Lang   string
	Curves []curve
	Notes  []wording.Text
	Parts  []string
	Style  template.CSS
	Script template.JS
}

// Handler answers GET and HEAD, of nothing but these:
//
//	/             the page, ?domain=NAME for the curves of one domain
//	/state.json   the View
//	/parts.json   the pieces of the page, as HTML by ID
//	/report       report.html, once it is there
//
// Requests whose Host names anything but an address, or localhost, are refused: a
// page of someone else that has its own name point here would otherwise read what is
// served.
func (w *Watcher) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", w.servePage)
	mux.HandleFunc("GET /state.json", w.serveState)
	mux.HandleFunc("GET /parts.json", w.serveParts)
	mux.HandleFunc("GET /report", w.serveReport)
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !plainHost(r.Host) {
			http.Error(rw, "ask for this page by its address, or as localhost", http.StatusForbidden)
			return
		}
		h := rw.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		mux.ServeHTTP(rw, r)
	})
}

// plainHost reports whether a Host header names an IP address or localhost.
func plainHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if n := len(host); n > 1 && host[0] == '[' && host[n-1] == ']' {
		host = host[1 : n-1]
	}
	return host == "localhost" || net.ParseIP(host) != nil
}

func (w *Watcher) servePage(rw http.ResponseWriter, r *http.Request) {
	p, ok := w.page(rw, r)
	if !ok {
		return
	}
	style, err := files.ReadFile("page/live.css")
	if err == nil {
		var script []byte
		script, err = files.ReadFile("page/live.js")
		p.Style, p.Script = template.CSS(style), template.JS(script)
	}
	var out bytes.Buffer
	if err == nil {
		err = p.execute(&out, "live.tmpl")
	}
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	sum := sha256.Sum256([]byte(p.Script))
	rw.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+
		"'; style-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = rw.Write(out.Bytes()) // whoever asked has gone
}

func (w *Watcher) serveState(rw http.ResponseWriter, r *http.Request) {
	if p, ok := w.page(rw, r); ok {
		writeJSON(rw, p.View)
	}
}

func (w *Watcher) serveParts(rw http.ResponseWriter, r *http.Request) {
	p, ok := w.page(rw, r)
	if !ok {
		return
	}
	out := map[string]string{}
	for _, name := range parts {
		var html bytes.Buffer
		if err := p.execute(&html, name); err != nil {
			http.Error(rw, err.Error(), http.StatusInternalServerError)
			return
		}
		out[name] = html.String()
	}
	writeJSON(rw, out)
}

func (w *Watcher) serveReport(rw http.ResponseWriter, r *http.Request) {
	f, err := filelimit.Open(w.folder.Report())
	if err != nil {
		http.Error(rw, "there is no report yet; 'sharewise report' writes it", http.StatusNotFound)
		return
	}
	defer f.Close()
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	// Whatever stands in the file is shown as a page of nobody's: it reaches neither the
	// other pages here nor anything else.
	rw.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-scripts")
	http.ServeContent(rw, r, "", time.Time{}, f)
}

// page looks at the folder for a request; where that fails, it has answered.
func (w *Watcher) page(rw http.ResponseWriter, r *http.Request) (*page, bool) {
	l := w.asked(r)
	v, err := w.Look(r.URL.Query().Get("domain"))
	switch {
	case errors.Is(err, layout.ErrNoPlan):
		v = newView()
		v.Study, v.Title = string(w.folder), l.Write(wording.Say("Nothing is planned here yet"))
	case err != nil:
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return nil, false
	}
	return &page{View: v, Lang: l.Tag(), Curves: v.curves, Notes: v.notes, Parts: parts}, true
}

// execute writes a template in the language of the page.
func (p *page) execute(out io.Writer, name string) error {
	return pages.Execute(out, language.Language(p.Lang), name, p)
}

func writeJSON(rw http.ResponseWriter, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "application/json")
	_, _ = rw.Write(append(data, '\n')) // whoever asked has gone
}

// Serve answers on a listener until ctx ends, and then returns nil.
func (w *Watcher) Serve(ctx context.Context, l net.Listener) error {
	s := &http.Server{
		Handler: w.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: time.Minute, IdleTimeout: time.Minute, MaxHeaderBytes: 1 << 14,
	}
	stop := context.AfterFunc(ctx, func() {
		quick, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if s.Shutdown(quick) != nil {
			_ = s.Close() // nobody waits for what it had to say
		}
	})
	defer stop()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}
