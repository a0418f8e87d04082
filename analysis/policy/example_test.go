package policy_test

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/policy"
)

func Example() {
	domains := []policy.Domain{
		{Name: "lyon", Labels: policy.Labels{"owner": {"acme"}, "jurisdiction": {"EU"}}},
		{Name: "bonn", Labels: policy.Labels{"owner": {"bolt"}, "jurisdiction": {"EU"}}},
		{Name: "kobe", Labels: policy.Labels{"owner": {"acme"}, "jurisdiction": {"JP"}}},
	}
	rules := &policy.Policy{Rules: []policy.Rule{{Name: "EU data stay apart", Separate: policy.Match{"jurisdiction": {"EU"}}}}}
	c, err := policy.New(rules, domains)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rules.Rules[0].Words())
	fmt.Println(c.Refuse([]string{"lyon", "bonn"}))
	fmt.Println(c.Refuse([]string{"lyon", "kobe"}))
	fmt.Println(c.Cover())
	// Output:
	// domains with jurisdiction EU share a model only with each other
	// <nil>
	// lyon, kobe may not share a model: rule "EU data stay apart": lyon (jurisdiction EU) is not pooled with kobe (jurisdiction JP)
	// [[0 1]]
}
