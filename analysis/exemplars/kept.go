package exemplars

import (
	"encoding/json"
	"maps"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
)

// seen is what the folder's ledger says of a list whose samples were seen: the identity
// of each domain's data, by its name.
type seen struct {
	Data map[string]string `json:"data"`
}

func seenIn(plan *study.Plan) seen {
	s := seen{map[string]string{}}
	for _, d := range plan.Domains {
		s.Data[d.Name] = d.SHA256
	}
	return s
}

// keepLooks takes the looks of samples from the list in the folder, and reports whether
// it had them all: a list that the ledger vouches for, which was made from the data of
// the plan, while the study file says of no domain that is confidential now. Nothing of
// the data is read then.
func (l *List) keepLooks(folder layout.Folder, plan *study.Plan) bool {
	record := folder.Vouched(folder.Exemplars())
	var from seen
	if record == nil || json.Unmarshal(record.Settings, &from) != nil || !maps.Equal(from.Data, seenIn(plan).Data) {
		return false
	}
	s, err := dataset.ParseStudy(plan.File)
	if err != nil {
		return false
	}
	list, err := Read(folder.Exemplars())
	if err != nil {
		return false
	}
	type key struct{ domain, sample string }
	known := map[key]*Exemplar{}
	for i := range list {
		known[key{list[i].Domain, list[i].Sample}] = &list[i]
	}
	for i := range l.Exemplars {
		x := &l.Exemplars[i]
		was := known[key{x.Domain, x.Sample}]
		if was == nil || s.Domain(x.Domain) == nil || s.Confidential(x.Domain) {
			return false
		}
		x.PNG, x.Features = was.PNG, was.Features
	}
	return true
}
