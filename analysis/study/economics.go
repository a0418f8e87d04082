package study

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// Economics are the prices and values by which groupings are worth money. All
// amounts are in one currency.
type Economics struct {
	Currency string  `json:"currency"`
	Horizon  int     `json:"horizon"`  // months
	Discount float64 `json:"discount"` // of a year
	Value    Value   `json:"value"`
	// Errors are what wrong answers cost, one decision at a time.
	Errors []ErrorCost `json:"errors,omitempty"`
	// ClassShares are those of the classes in use; nil: as among the test samples.
	ClassShares map[string]float64 `json:"class_shares,omitempty"`
	Decisions   ByDomain           `json:"decisions"` // a month
	Operation   float64            `json:"operation"` // of a model and month
	Setup       float64            `json:"setup"`     // of a model, once
	Training    TrainingPrice      `json:"training"`
	Serving     ServingPrice       `json:"serving"`
	Label       float64            `json:"label"` // of a sample
	// Running are domains whose own models are in use already.
	Running []string     `json:"running,omitempty"`
	Ranges  []PriceRange `json:"ranges,omitempty"`
}

// Value is what less error is worth a month.
type Value struct {
	Unit string `json:"unit"` // PerPoint, PerPercent or PerOne
	ByDomain
}

// Identity is the SHA-256 of the values.
func (v Value) Identity() string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("study: values: %v", err)) // numbers are finite: the parser saw to that
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// ByDomain is a number for every domain, with others for some.
type ByDomain struct {
	Each    float64            `json:"each"`
	Domains map[string]float64 `json:"domains,omitempty"`
}

// Of is the number of a domain.
func (b ByDomain) Of(domain string) float64 {
	if v, ok := b.Domains[domain]; ok {
		return v
	}
	return b.Each
}

// given reports whether any domain may have a number above zero.
func (b ByDomain) given() bool {
	if b.Each > 0 {
		return true
	}
	for _, v := range b.Domains {
		if v > 0 {
			return true
		}
	}
	return false
}

// What values are counted in.
const (
	PerPoint   = "point"   // a hundredth of the domain's error, 1 - AUC or loss
	PerPercent = "percent" // a hundredth of what the domain's own model has of it
	PerOne     = "one"     // a whole unit of it
)

// ErrorCost is what a wrong answer costs. An empty class stands for any.
type ErrorCost struct {
	Actual    string   `json:"actual,omitempty"`
	Predicted string   `json:"predicted,omitempty"`
	Cost      float64  `json:"cost"`
	Domains   []string `json:"domains,omitempty"` // empty: all
}

// TrainingPrice is what trainings cost.
type TrainingPrice struct {
	Hour    float64 `json:"hour"`
	Each    float64 `json:"each"`
	Retrain int     `json:"retrain"` // months; 0: never
}

// ServingPrice is what it costs to serve a model.
type ServingPrice struct {
	Compute float64 `json:"compute"` // of 10¹⁵ floating-point operations
	Memory  float64 `json:"memory"`  // of 10⁹ bytes for a month
}

// PriceRange is what an input may be, for the analysis of sensitivity.
type PriceRange struct {
	Input string  `json:"input"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// NewEconomics returns economics with every default in place.
func NewEconomics() *Economics {
	e := new(Economics)
	fill(e, economicsFields)
	return e
}

// ErrNoEconomics is returned for a study file that says nothing of money.
var ErrNoEconomics = errors.New("the study has no key economics")

// ParseEconomics reads prices from a file of their own, which has what a study has
// under economics, or from under that key of a study file, of which it looks at
// nothing else. It fails with ErrNoEconomics for a study file without that key.
func ParseEconomics(file string) (*Economics, error) {
	data, err := filelimit.ReadFile(file, filelimit.Document)
	if err != nil {
		return nil, fmt.Errorf("prices: %w", err)
	}
	if what := notText(data); what != "" {
		return nil, Errors{{File: file, Message: "no prices: it is " + what}}
	}
	found := &findings{file: file, lines: strings.Split(string(data), "\n"), places: map[string]place{}}
	d := &decoder{findings: found, anchor: map[string]ast.Node{}}
	body, err := d.parse(data)
	if err != nil {
		return nil, err
	}
	path, isStudy := "", false
	if entries, ok := d.entries(body, ""); ok {
		for _, e := range entries {
			switch e.Key.GetToken().Value {
			case "economics":
				body, path = e.Value, "economics"
			case "domains":
				isStudy = true
			}
		}
	}
	if isStudy && path == "" {
		return nil, fmt.Errorf("%s: %w", file, ErrNoEconomics)
	}
	e := NewEconomics()
	d.value(body, object(economicsFields), e, path)
	if len(d.errs) == 0 {
		found.economics(e, path)
	}
	if len(d.errs) > 0 {
		return nil, d.errs.sorted()
	}
	return e, nil
}

// CheckDomains reports domains that the economics name and a study does not have.
func (e *Economics) CheckDomains(names []string) error {
	f := &findings{places: map[string]place{}}
	f.economicsDomains(e, "economics", names)
	if len(f.errs) > 0 {
		return f.errs.sorted()
	}
	return nil
}

// economics checks what keys allow one by one and all together do not.
func (f *findings) economics(e *Economics, path string) {
	at := func(key string) string { return strings.TrimPrefix(path+"."+key, ".") }
	if !e.Value.given() && len(e.Errors) == 0 {
		f.errorf(at("value"), "nothing is worth anything: say under value what less error is worth a month, or under errors what wrong answers cost")
	}
	for i, c := range e.Errors {
		if c.Actual != "" && c.Actual == c.Predicted {
			f.errorf(at(fmt.Sprintf("errors[%d]", i)), "%s for %s is right and costs nothing; an error has another class under predicted", c.Predicted, c.Actual)
		}
	}
	if len(e.Errors) > 0 && !e.Decisions.given() {
		f.errorf(at("errors"), "errors cost money by the decision; say under decisions how many there are a month")
	}
	if len(e.ClassShares) > 0 && len(e.Errors) == 0 {
		f.errorf(at("class_shares"), "shares of classes matter to what errors cost, and errors are not given")
	}
	for _, m := range []struct {
		key string
		of  map[string]float64
	}{{"class_shares", e.ClassShares}, {"value.domains", e.Value.Domains}, {"decisions.domains", e.Decisions.Domains}} {
		for _, name := range sortedKeys(m.of) {
			if m.of[name] < 0 {
				f.errorf(at(m.key+"."+name), "%s is below 0", format(m.of[name]))
			}
		}
	}
	for i, r := range e.Ranges {
		if r.High < r.Low {
			f.errorf(at(fmt.Sprintf("ranges[%d]", i)), "high %s is below low %s", format(r.High), format(r.Low))
		}
	}
}

func (f *findings) economicsDomains(e *Economics, path string, names []string) {
	check := func(key, name string) {
		if !slices.Contains(names, name) {
			f.errorf(path+"."+key, "no domain is called %q%s", name, DidYouMean(name, names))
		}
	}
	for _, name := range sortedKeys(e.Value.Domains) {
		check("value.domains."+name, name)
	}
	for _, name := range sortedKeys(e.Decisions.Domains) {
		check("decisions.domains."+name, name)
	}
	for i, c := range e.Errors {
		for _, name := range c.Domains {
			check(fmt.Sprintf("errors[%d].domains", i), name)
		}
	}
	for _, name := range e.Running {
		check("running", name)
	}
}

// economics checks the study's, and what else of the study is about money.
func (c *checker) economics() {
	s := c.study
	if s.Economics != nil {
		c.findings.economics(s.Economics, "economics")
		c.economicsDomains(s.Economics, "economics", c.names())
	}
	switch {
	case s.Grouping.ToleranceMoney == 0:
	case s.Economics == nil:
		c.errorf("grouping.tolerance.money", "money needs the key economics, which says what gains are worth")
	case !s.Economics.Value.given():
		c.errorf("grouping.tolerance.money", "money needs economics.value; what errors cost is known only once models are trained")
	case c.has("grouping.tolerance.gain"):
		c.errorf("grouping.tolerance", "give either gain or money")
	}
}
