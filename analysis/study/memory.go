package study

import "cmp"

// completeMemory names samples that the study does not: data by the domain, given
// validation and test data by the domain and the key.
func completeMemory(dom *Domain) {
	dom.Files.Path = cmp.Or(dom.Files.Path, dom.Name)
	if dom.Val != nil {
		dom.Val.Path = cmp.Or(dom.Val.Path, dom.Name+" validation")
	}
	if dom.Test != nil {
		dom.Test.Path = cmp.Or(dom.Test.Path, dom.Name+" test")
	}
}

// memory checks the keys of a domain whose samples a program holds.
func (c *domainChecker) memory() {
	for _, f := range []struct {
		key string
		at  *Files
	}{{"data", &c.d.Files}, {"validation", c.d.Val}, {"test", c.d.Test}} {
		if f.at != nil && *f.at != (Files{Path: f.at.Path}) {
			c.fail(f.key, "format memory takes the name of samples as path, and nothing else; inputs, labels, targets and groups are those of the samples")
		}
	}
	if c.d.Columns != nil {
		c.fail("columns", "columns are for tables (format csv); samples in memory say themselves what is what")
	}
	if c.d.Invert {
		c.fail("invert", "invert is for images in files")
	}
}
