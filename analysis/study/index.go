package study

// Indexed reports whether a table lists the domain's images.
func (d *Domain) Indexed() bool { return d.Format == Images && d.Files.Index != "" }

// index checks the keys of a domain of images that a table lists.
func (c *domainChecker) index() {
	for _, f := range []struct {
		key string
		at  *Files
	}{{"data", &c.d.Files}, {"validation", c.d.Val}, {"test", c.d.Test}} {
		if f.at == nil || *f.at == (Files{}) {
			continue
		}
		switch {
		case f.at.Path == "":
			c.fail(f.key, "say where the images are: {path: FOLDER, index: TABLE}")
		case f.at.Index == "":
			c.fail(f.key, "data has an index, and this has none: {path: FOLDER, index: TABLE}")
		}
	}
	col := c.d.Columns
	if len(col.Features) > 0 || len(col.Categorical) > 0 {
		c.fail("columns", "features and categorical are inputs of tables; the inputs of this domain are images")
	}
	if col.Group != "" && c.d.Split.Group != "" {
		c.fail("split.group", "columns.group says the groups already")
	}
	c.columns()
}
