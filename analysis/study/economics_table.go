package study

var economicsFields = []field{
	{key: "currency", doc: "What amounts are in: EUR, JPY, thousand dollars.", typ: text(), def: "EUR",
		at: at(func(e *Economics) *string { return &e.Currency })},
	{key: "horizon", doc: "Months that are counted.", typ: integer(1, 1200), def: "36",
		at: at(func(e *Economics) *int { return &e.Horizon })},
	{key: "discount", doc: "Interest of a year by which later money counts less; a month is the twelfth root. What is spent at the start counts in full, everything else at the end of its month.", typ: number(0, 10), def: "0.05",
		at: at(func(e *Economics) *float64 { return &e.Discount })},
	{key: "value", doc: "What less error is worth a month: one amount for every domain, or a mapping.", typ: object(valueFields).or("each"),
		at: at(func(e *Economics) *Value { return &e.Value })},
	{key: "errors", doc: "What wrong answers of classifiers cost, one decision at a time, in place of a value: {actual: crack, predicted: good, cost: 500}. Of several entries that fit, the one that names more classes counts, of equals the last.", typ: listOf[ErrorCost](object(errorCostFields).or("cost")),
		at: at(func(e *Economics) *[]ErrorCost { return &e.Errors })},
	{key: "class_shares", doc: "Shares of the classes in use, where they are others than among the test samples: {good: 0.99, crack: 0.01}. They need not add up to 1; classes that are not named keep their share among the test samples.", typ: numbers(),
		at: at(func(e *Economics) *map[string]float64 { return &e.ClassShares })},
	{key: "decisions", doc: "Samples that a domain's model judges a month: one number for every domain, or a mapping. Errors and serving cost by them.", typ: object(byDomainFields).or("each"),
		at: at(func(e *Economics) *ByDomain { return &e.Decisions })},
	{key: "operation", doc: "What a model in use costs a month: watching it, keeping it up to date.", typ: number(0, unbounded), def: "0",
		at: at(func(e *Economics) *float64 { return &e.Operation })},
	{key: "setup", doc: "What it costs once to put a model into use.", typ: number(0, unbounded), def: "0",
		at: at(func(e *Economics) *float64 { return &e.Setup })},
	{key: "training", doc: "What trainings cost: a price per hour, with the hours that this study measured, or a price for each.", typ: object(trainingPriceFields).or("hour"),
		at: at(func(e *Economics) *TrainingPrice { return &e.Training })},
	{key: "serving", doc: "What it costs to serve models, by what these models take.", typ: object(servingPriceFields),
		at: at(func(e *Economics) *ServingPrice { return &e.Serving })},
	{key: "label", doc: "What it costs to label a sample.", typ: number(0, unbounded), def: "0",
		at: at(func(e *Economics) *float64 { return &e.Label })},
	{key: "running", doc: "Domains whose own models are in use already, and cost neither setup nor a first training.", typ: listOf[string](text()),
		at: at(func(e *Economics) *[]string { return &e.Running })},
	{key: "ranges", doc: "What an input may be, for the analysis of sensitivity: {input: operation, low: 100, high: 400}. Others are varied from half to twice.", typ: listOf[PriceRange](object(priceRangeFields)),
		at: at(func(e *Economics) *[]PriceRange { return &e.Ranges })},
}

var valueFields = []field{
	{key: "unit", doc: "What is worth that much: a point, which is a hundredth of the error, 1 - AUC, balanced error or loss that the domain is measured by (of 12 % errors 1 %); a percent, which is a hundredth of what the domain's own model has of it (of 12 % errors 0.12 %); or one, a whole unit of a loss.", typ: choice(PerPoint, PerPercent, PerOne), def: PerPoint,
		at: at(func(v *Value) *string { return &v.Unit })},
	{key: "each", doc: "Of every domain that is not named.", typ: number(0, unbounded), def: "0",
		at: at(func(v *Value) *float64 { return &v.Each })},
	{key: "domains", doc: "Of single domains: {line-a: 20000, line-b: 5000}.", typ: numbers(),
		at: at(func(v *Value) *map[string]float64 { return &v.Domains })},
}

var byDomainFields = []field{
	{key: "each", doc: "Of every domain that is not named.", typ: number(0, unbounded), def: "0",
		at: at(func(b *ByDomain) *float64 { return &b.Each })},
	{key: "domains", doc: "Of single domains.", typ: numbers(),
		at: at(func(b *ByDomain) *map[string]float64 { return &b.Domains })},
}

var errorCostFields = []field{
	{key: "actual", doc: "The class that the sample is of.", typ: text(), note: "any",
		at: at(func(c *ErrorCost) *string { return &c.Actual })},
	{key: "predicted", doc: "The class that it is taken for.", typ: text(), note: "any other",
		at: at(func(c *ErrorCost) *string { return &c.Predicted })},
	{key: "cost", doc: "What that costs.", typ: number(0, unbounded), def: "0",
		at: at(func(c *ErrorCost) *float64 { return &c.Cost })},
	{key: "domains", doc: "Domains where it does.", typ: listOf[string](text()), note: "all",
		at: at(func(c *ErrorCost) *[]string { return &c.Domains })},
}

var trainingPriceFields = []field{
	{key: "hour", doc: "Of an hour of training.", typ: number(0, unbounded), def: "0",
		at: at(func(p *TrainingPrice) *float64 { return &p.Hour })},
	{key: "each", doc: "Of a training, however long.", typ: number(0, unbounded), def: "0",
		at: at(func(p *TrainingPrice) *float64 { return &p.Each })},
	{key: "retrain", doc: "Months after which a model is trained again; 0 is never.", typ: integer(0, 1200), def: "0",
		at: at(func(p *TrainingPrice) *int { return &p.Retrain })},
}

var servingPriceFields = []field{
	{key: "compute", doc: "Of 10^15 floating-point operations.", typ: number(0, unbounded), def: "0",
		at: at(func(p *ServingPrice) *float64 { return &p.Compute })},
	{key: "memory", doc: "Of a gigabyte of model for a month.", typ: number(0, unbounded), def: "0",
		at: at(func(p *ServingPrice) *float64 { return &p.Memory })},
}

var priceRangeFields = []field{
	{key: "input", doc: "Its name in the results: value, operation, hour, horizon, 'value of line-a' and so on.", typ: text(),
		at: at(func(r *PriceRange) *string { return &r.Input })},
	{key: "low", doc: "The least that it may be.", typ: number(0, unbounded), def: "0",
		at: at(func(r *PriceRange) *float64 { return &r.Low })},
	{key: "high", doc: "The most.", typ: number(0, unbounded), def: "0",
		at: at(func(r *PriceRange) *float64 { return &r.High })},
}

// toleranceFields are keys of the grouping itself.
var toleranceFields = []field{
	{key: "gain", doc: "As a relative gain, averaged over domains by value.", typ: number(0.0001, 1), def: "0.02",
		at: at(func(g *Grouping) *float64 { return &g.Tolerance })},
	{key: "money", doc: "As an amount a month, by the values under economics.", typ: positive(), note: "none",
		at: at(func(g *Grouping) *float64 { return &g.ToleranceMoney })},
}
