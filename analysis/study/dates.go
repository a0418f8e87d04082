package study

// Date is a column of dates, perhaps with times of day, that becomes inputs.
type Date struct {
	Column string
	// Order is YMD, DMY, MDY or Unix; empty: all rows of the column decide.
	Order string
	// Parts are the inputs made of it, see the constants.
	Parts []string
}

// The orders of the numbers of a date.
const (
	YMD  = "ymd"
	DMY  = "dmy"
	MDY  = "mdy"
	Unix = "unix" // seconds since 1970
)

// The parts of a date. Year, Week and Day are positions in these, as sine and
// cosine; Trend is years since 1970.
const (
	Year  = "year"
	Week  = "week"
	Day   = "day"
	Trend = "trend"
)

var dateFields = []field{
	{key: "column", doc: "The column.", typ: text(), need: true,
		at: at(func(d *Date) *string { return &d.Column })},
	{key: "order", doc: "Order of day, month and year, between dots, slashes or dashes; unix: seconds since 1970.", typ: choice(YMD, DMY, MDY, Unix), note: "the one that all rows of the column allow",
		at: at(func(d *Date) *string { return &d.Order })},
	{key: "parts", doc: "What becomes an input: the position in the year, the week and the day, each as sine and cosine; and the trend, in years.", typ: listOf[string](choice(Year, Week, Day, Trend)).ofLength(1, 4), def: "[year, week, day]",
		at: at(func(d *Date) *[]string { return &d.Parts })},
}
