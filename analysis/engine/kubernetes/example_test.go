package kubernetes_test

import (
	"fmt"
	"strings"

	"github.com/sharewise/sharewise/analysis/engine"
	"github.com/sharewise/sharewise/analysis/engine/kubernetes"
)

// Three runs of five minutes in pods of about ten.
func Example() {
	m, err := kubernetes.New(kubernetes.Study{
		Name: "Lines", File: "/data/study.yaml", Text: "version: 1\nname: Lines\n", Folder: "/data/out",
		Runs: []engine.Work{{ID: "a", Cost: 300}, {ID: "b", Cost: 300}, {ID: "c", Cost: 300}},
	}, kubernetes.Config{Image: "registry.example/sharewise:1", Claim: "plant", Mount: "/data", Memory: "2Gi"}, "1")
	if err != nil {
		panic(err)
	}
	fmt.Println(m.Name, m.Packs)
	var b strings.Builder
	if err := m.Print(&b); err != nil {
		panic(err)
	}
	for line := range strings.Lines(b.String()) {
		for _, key := range []string{"kind:", "completions:", "backoffLimitPerIndex:", "mountPath:"} {
			if strings.Contains(line, key) {
				fmt.Println(strings.TrimSpace(line))
			}
		}
	}
	// Output:
	// sharewise-lines-1 [[a c] [b]]
	// kind: ConfigMap
	// kind: Job
	// completions: 2
	// backoffLimitPerIndex: 20
	// mountPath: /data
	// mountPath: /data/study.yaml
	// mountPath: /etc/sharewise/packs
}
