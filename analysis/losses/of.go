package losses

// Of returns the rows of one domain, in their order.
func (t *Table) Of(domain string) *Table {
	var rows []int
	for i, d := range t.Domain {
		if d == domain {
			rows = append(rows, i)
		}
	}
	out := &Table{
		Meta: t.Meta, Domain: at(t.Domain, rows), Seed: at(t.Seed, rows), Sample: at(t.Sample, rows), Loss: at(t.Loss, rows),
		Correct: at(t.Correct, rows), Label: at(t.Label, rows), Prediction: at(t.Prediction, rows), Confidence: at(t.Confidence, rows),
		Score: at(t.Score, rows), Group: at(t.Group, rows), Target: at(t.Target, rows),
	}
	for _, o := range t.More {
		out.More = append(out.More, Output{Prediction: at(o.Prediction, rows), Target: at(o.Target, rows)})
	}
	return out
}

// at picks rows of a column; nil of one that is not there.
func at[T any](column []T, rows []int) []T {
	if column == nil {
		return nil
	}
	out := make([]T, len(rows))
	for k, i := range rows {
		out[k] = column[i]
	}
	return out
}
