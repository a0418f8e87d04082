package economics

// Costs are what models cost.
type Costs struct {
	// Once is spent at the start: setting up and the first trainings.
	Once float64 `json:"once"`
	// Monthly is operation, memory and computing.
	Monthly float64 `json:"monthly"`
	// Training is what it costs to train all models once.
	Training float64 `json:"training"`
	// Present is what all costs of the horizon are worth today.
	Present float64 `json:"present"`
}

// costs are those of a model.
func (c *Case) costs(m *Model, f factors) Costs {
	p := &c.Prices
	decisions := 0.0
	for _, j := range m.Members {
		decisions += c.Domains[j].Decisions
	}
	out := Costs{
		Training: p.Training + p.Hour*m.Seconds/3600,
		Monthly:  p.Operation + p.Memory*m.Bytes/1e9 + p.Compute*m.FLOPs*decisions/1e15,
	}
	if !m.Running {
		out.Once = p.Setup + out.Training
	}
	out.Present = out.Once + f.monthly*out.Monthly + f.trainUps*out.Training
	return out
}

func (c *Costs) add(d Costs) {
	c.Once += d.Once
	c.Monthly += d.Monthly
	c.Training += d.Training
	c.Present += d.Present
}

// optionCosts are those of all models of an option.
func (c *Case) optionCosts(o *Option, f factors) Costs {
	var sum Costs
	for i := range o.Models {
		sum.add(c.costs(&o.Models[i], f))
	}
	return sum
}

// benefit is what a model brings a month, by given cells.
func (c *Case) benefit(m *Model, cells []float64) float64 {
	sum := 0.0
	for _, t := range m.Terms {
		sum += c.Domains[t.Domain].monthly() * t.Weight * cells[t.Cell]
	}
	return sum
}

func (c *Case) optionBenefit(o *Option, cells []float64) float64 {
	sum := 0.0
	for i := range o.Models {
		sum += c.benefit(&o.Models[i], cells)
	}
	return sum
}
