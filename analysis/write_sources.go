package analysis

import "github.com/sharewise/sharewise/analysis/effect"

// sourceRow is one SourceEffect as columns, or one SourceSum, whose domain is empty.
type sourceRow struct {
	Arm       string        `parquet:"arm,dict"`
	Rung      string        `parquet:"rung,dict"`
	Weighting string        `parquet:"weighting,dict"`
	Source    string        `parquet:"source,dict"`
	Domain    string        `parquet:"domain,dict"`
	Without   string        `parquet:"without,dict"`
	Domains   int32         `parquet:"domains"`
	Brings    effect.Number `parquet:"brings"`
	BringsLo  effect.Number `parquet:"brings_lo"`
	BringsHi  effect.Number `parquet:"brings_hi"`
	P         effect.Number `parquet:"p"`
	Discovery bool          `parquet:"discovery"`
	With      effect.Number `parquet:"gain_with"`
	Left      effect.Number `parquet:"gain_without"`
	Own       effect.Number `parquet:"own_gain"`
}

func (b *Brought) row() sourceRow {
	return sourceRow{
		Arm: b.Arm, Rung: b.Rung, Weighting: b.Weighting, Source: b.Source, Domain: b.Domain, Without: b.Without, Domains: 1,
		Brings: effect.Number(b.Brings.Value), BringsLo: effect.Number(b.Brings.Lo), BringsHi: effect.Number(b.Brings.Hi), P: effect.Number(b.P), Discovery: b.Discovery,
		With: effect.NaN, Left: effect.NaN, Own: effect.NaN,
	}
}

func (r *Results) sourceRows() []sourceRow {
	var rows []sourceRow
	if r.LeftOut == nil {
		return rows
	}
	for i := range r.LeftOut.Effects {
		e := &r.LeftOut.Effects[i]
		row := e.row()
		row.With, row.Left = effect.Number(e.With.Value), effect.Number(e.Left.Value)
		rows = append(rows, row)
	}
	for i := range r.LeftOut.Sums {
		s := &r.LeftOut.Sums[i]
		row := s.row()
		row.Domains, row.Own = int32(s.Domains), effect.Number(s.Own.Value)
		rows = append(rows, row)
	}
	return rows
}
