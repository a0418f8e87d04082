package appraisal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/versioned"
	"github.com/sharewise/sharewise/grouping/economics"
)

// fileVersion is that of economics.json.
const fileVersion = 2

// Appraisal is the content of economics.json: what the options of a study are worth.
type Appraisal struct {
	Version int    `json:"version"` // 2
	Study   string `json:"study"`
	// Prices are as they were given.
	Prices study.Economics `json:"prices"`
	// Rung and Weighting are those of the reference, all domains apart.
	Rung      string   `json:"rung"`
	Weighting string   `json:"weighting"`
	Level     float64  `json:"level"` // coverage of limits
	Draws     int      `json:"draws"`
	Seed      uint64   `json:"seed"`
	Domains   []Domain `json:"domains"`
	Options   []Option `json:"options"` // the reference first
	// Best is the index of the option with the largest expected value, Subject that
	// of the one that Tornado and BreakEvens hold against the reference: the best or,
	// where that is the reference, the best of the others.
	Best    int `json:"best"`
	Subject int `json:"subject"`
	// Perfect is the expected value of perfect information about gains.
	Perfect    float64               `json:"perfect_information"`
	Tornado    []economics.Bar       `json:"tornado"`
	BreakEvens []economics.BreakEven `json:"break_evens"`
	Staged     economics.Staged      `json:"staged"`
	// Samples says what labelled training samples would have to bring.
	Samples []Samples `json:"samples"`
	// Data says what more labelled training samples are worth, by learning curves.
	Data Data `json:"data"`
	// NextSize says what twice the parameters of the largest size are worth at most.
	NextSize *NextSize `json:"next_size,omitempty"`
	// Assumed are the assumptions that the figures rest on, in sentences.
	Assumed []string `json:"assumed"`
	// Doubts are reasons not to act on what was measured, and so not on its worth.
	Doubts   []analysis.Doubt `json:"doubts"`
	Warnings []string         `json:"warnings"`
}

// Domain is what a domain's gains are worth.
type Domain struct {
	Name string `json:"name"`
	// By says what they are worth money by: value, errors, nothing; unknown where they
	// have a value and nothing is known of what sharing does to the domain; or apart
	// where it shares a model in no option, so that it has no gains.
	By string `json:"by"`
	// Value is what a unit is worth, in Unit.
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	// Own is what the domain's own models have, at the rung of the reference, of
	// what gains reduce: error, loss, or cost of a decision.
	Own       float64 `json:"own"`
	Measure   string  `json:"measure"`
	Decisions float64 `json:"decisions"` // a month
}

// Option is what a way of sharing is worth.
type Option struct {
	Name   string     `json:"name"`
	Rung   string     `json:"rung"`
	Groups [][]string `json:"groups"`
	// Source is measured if every pool was trained.
	Source string `json:"source"`
	// Without are the domains that share a model here, have a value, and of whose
	// gains nothing is known: the option's worth is without theirs.
	Without []string `json:"without,omitempty"`
	economics.Worth
}

// Samples says how much a thousand further training samples of a domain would have
// to lower its error, to be worth their labels.
type Samples struct {
	Domain string  `json:"domain"`
	Cost   float64 `json:"cost"` // of a thousand
	// Needed is in units of Domain.Value, UnitName says which.
	Needed   float64 `json:"needed"`
	UnitName string  `json:"unit_name"`
}

// tableRow is an option. Amounts are in the currency.
type tableRow struct {
	Option   string  `parquet:"option"`
	Rung     string  `parquet:"rung"`
	Groups   string  `parquet:"groups"`
	Models   int32   `parquet:"models"`
	Benefit  float64 `parquet:"benefit_month"`
	Lo       float64 `parquet:"benefit_month_lo"`
	Hi       float64 `parquet:"benefit_month_hi"`
	Once     float64 `parquet:"cost_once"`
	Monthly  float64 `parquet:"cost_month"`
	Present  float64 `parquet:"present"`
	PLo      float64 `parquet:"present_lo"`
	PHi      float64 `parquet:"present_hi"`
	Gain     float64 `parquet:"gain"`
	GLo      float64 `parquet:"gain_lo"`
	GHi      float64 `parquet:"gain_hi"`
	Pays     float64 `parquet:"pays"`
	Best     float64 `parquet:"best"`
	Currency string  `parquet:"currency"`
}

// TableFile is the name of the table of options.
const TableFile = "economics.parquet"

// WriteTable writes the options as TableFile in a folder, a row each.
func (a *Appraisal) WriteTable(dir string) error {
	var rows []tableRow
	for i := range a.Options {
		o := &a.Options[i]
		rows = append(rows, tableRow{
			Option: o.Name, Rung: o.Rung, Groups: groupsText(o.Groups), Models: int32(len(o.Groups)),
			Benefit: o.Benefit.Value, Lo: o.Benefit.Lo, Hi: o.Benefit.Hi, Once: o.Costs.Once, Monthly: o.Costs.Monthly,
			Present: o.Present.Value, PLo: o.Present.Lo, PHi: o.Present.Hi, Gain: o.Gain.Value, GLo: o.Gain.Lo, GHi: o.Gain.Hi,
			Pays: o.Pays, Best: o.Worth.Best, Currency: a.Prices.Currency,
		})
	}
	return atomicfile.Write(filepath.Join(dir, TableFile), func(f io.Writer) error {
		w := parquet.NewGenericWriter[tableRow](f, parquet.CreatedBy("sharewise", "1", ""), parquet.KeyValueMetadata("study", a.Study))
		if _, err := w.Write(rows); err != nil {
			return fmt.Errorf("encode: %w", err)
		}
		return w.Close()
	})
}

// groupsText writes a grouping as a+b|c.
func groupsText(groups [][]string) string {
	text := ""
	for i, g := range groups {
		if i > 0 {
			text += "|"
		}
		for k, name := range g {
			if k > 0 {
				text += "+"
			}
			text += name
		}
	}
	return text
}

// ReadFile reads economics.json. It fails with versioned.ErrVersion for a version
// that this package does not know.
func ReadFile(path string) (*Appraisal, error) {
	var a Appraisal
	if err := versioned.Read(path, fileVersion, &a); err != nil {
		if errors.Is(err, versioned.ErrVersion) {
			return nil, fmt.Errorf("appraisal: %w: make it again, as sharewise value does", err)
		}
		return nil, fmt.Errorf("appraisal: %w", err)
	}
	return &a, nil
}

// SchemaID identifies the JSON Schema of economics.json.
const SchemaID = "https://github.com/sharewise/sharewise/economics-2.schema.json"

// Schema returns the JSON Schema of economics.json.
func Schema() ([]byte, error) {
	s, err := jsonschema.For[Appraisal](nil)
	if err != nil {
		return nil, fmt.Errorf("appraisal: schema: %w", err)
	}
	s.ID = SchemaID
	s.Schema = "https://json-schema.org/draft/2020-12/schema"
	s.Title = "sharewise economics"
	s.Description = "What 'sharewise value' found: what groupings and sizes of a study are worth in money."
	s.Properties["version"].Enum = []any{fileVersion}
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("appraisal: schema: %w", err)
	}
	return append(out, '\n'), nil
}
