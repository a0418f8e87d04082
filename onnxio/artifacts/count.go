package artifacts

// Count says of a bundle that trains how many of its parameters do.
type Count struct {
	Trained, Frozen int   // tensors
	Elements        int64 // of the tensors that train
	// Stuck are the names of parameters that no gradient reaches, Why the reason
	// for the first.
	Stuck []string
	Why   string
}

// Count counts the parameters.
func (b *Bundle) Count() (c Count) {
	for _, t := range b.Tensors {
		switch {
		case t.Role != RoleParameter:
		case t.Next == "":
			c.Frozen++
		case t.Stuck != "":
			if len(c.Stuck) == 0 {
				c.Why = t.Stuck
			}
			c.Stuck = append(c.Stuck, t.Name)
		default:
			c.Trained++
			c.Elements += t.Bytes / 4
		}
	}
	return c
}
