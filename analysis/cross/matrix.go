package cross

// Matrix arranges the cells of a rung: a row is the domain that trained, a column
// the domain that tests, both in the order of names. A cell is nil where a pair was
// left out.
func (r *Results) Matrix(rung string) (names []string, cells [][]*Cell) {
	at := map[string]int{}
	for i := range r.Cells {
		if c := &r.Cells[i]; c.Rung == rung {
			if _, ok := at[c.Trained]; !ok {
				at[c.Trained] = len(names)
				names = append(names, c.Trained)
			}
		}
	}
	cells = make([][]*Cell, len(names))
	for i := range cells {
		cells[i] = make([]*Cell, len(names))
	}
	for i := range r.Cells {
		c := &r.Cells[i]
		column, ok := at[c.Tested]
		if c.Rung == rung && ok {
			cells[at[c.Trained]][column] = c
		}
	}
	return names, cells
}
