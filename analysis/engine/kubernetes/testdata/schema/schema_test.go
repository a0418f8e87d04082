package schema

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/sharewise/sharewise/analysis/engine"
	"github.com/sharewise/sharewise/analysis/engine/kubernetes"
)

// TestManifests decodes what is printed strictly, so that a key which Kubernetes does not
// know is an error, and looks at what it says.
func TestManifests(t *testing.T) {
	for _, text := range []string{
		"version: 1\nname: plain\n",
		"# é: \"quotes\" and 'others'\nname: a  \n\n\tindented\n- |\n  x",
		"name: windows\r\nseeds: 3\r\n",
		"---\n&a [*a]\n...\n",
	} {
		var runs []engine.Work
		for i := range 500 {
			runs = append(runs, engine.Work{ID: fmt.Sprintf("joint.s%d-0123abcd", i), Cost: 60})
		}
		m, err := kubernetes.New(kubernetes.Study{Name: "Täglich: Linie 7", File: "/data/a study/study.yaml", Text: text, Folder: "/data/out", Runs: runs}, kubernetes.Config{
			Image: "registry.example/sharewise:1", Claim: "plant", Mount: "/data", Namespace: "quality", Cores: "2", Memory: "4Gi", GPUs: 1,
			AtOnce: 7, Nodes: map[string]string{"disk": "ssd"}, Options: []string{"--provider", "cuda"},
		}, "1130-1200")
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := m.Print(&b); err != nil {
			t.Fatal(err)
		}
		before, after, ok := strings.Cut(b.String(), "\n---\napiVersion: batch/v1")
		if !ok {
			before, after, ok = strings.Cut(b.String(), "---\n{")
			after = "{" + after
		} else {
			before, after = before+"\n", "apiVersion: batch/v1"+after
		}
		if !ok {
			t.Fatalf("no two documents:\n%s", b.String())
		}
		var config corev1.ConfigMap
		if err := yaml.UnmarshalStrict([]byte(before), &config); err != nil {
			t.Fatalf("%v\n%s", err, before)
		}
		if config.Data["study.yaml"] != text {
			t.Errorf("the study became %q, want %q", config.Data["study.yaml"], text)
		}
		if n := strings.Count(config.Data["packs"], "\n"); n != len(m.Packs) || n != 50 {
			t.Errorf("%d packs of %d", n, len(m.Packs))
		}
		var job batchv1.Job
		if err := yaml.UnmarshalStrict([]byte(after), &job); err != nil {
			t.Fatalf("%v\n%s", err, after)
		}
		spec := job.Spec
		switch {
		case job.APIVersion != batchv1.SchemeGroupVersion.String() || job.Kind != "Job" || job.Name != config.Name || job.Namespace != "quality":
			t.Errorf("%s %s %s/%s", job.APIVersion, job.Kind, job.Namespace, job.Name)
		case *spec.CompletionMode != batchv1.IndexedCompletion || *spec.Completions != 50 || *spec.Parallelism != 7 || *spec.BackoffLimitPerIndex != 20:
			t.Errorf("%+v", spec)
		case spec.Template.Spec.RestartPolicy != corev1.RestartPolicyNever: // podFailurePolicy wants that
			t.Errorf("restart policy %s", spec.Template.Spec.RestartPolicy)
		}
		rules := spec.PodFailurePolicy.Rules
		if len(rules) != 2 || rules[0].Action != batchv1.PodFailurePolicyActionIgnore || rules[0].OnPodConditions[0].Type != corev1.DisruptionTarget ||
			rules[1].Action != batchv1.PodFailurePolicyActionFailIndex || rules[1].OnExitCodes.Operator != batchv1.PodFailurePolicyOnExitCodesOpIn ||
			!slices.Equal(rules[1].OnExitCodes.Values, []int32{2, 3, 4}) {
			t.Errorf("policy %+v", rules)
		}
		pod := spec.Template.Spec
		worker := pod.Containers[0]
		if worker.Name != *rules[1].OnExitCodes.ContainerName || worker.Resources.Requests.Cpu().Value() != 2 || worker.Resources.Limits.Memory().Value() != 4<<30 {
			t.Errorf("container %+v", worker)
		}
		volumes := map[string]bool{}
		for _, v := range pod.Volumes {
			volumes[v.Name] = true
		}
		for _, v := range worker.VolumeMounts {
			if !volumes[v.Name] {
				t.Errorf("no volume %s", v.Name)
			}
		}
		for _, name := range []string{job.Name, worker.Name} {
			if len(name) > 63 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || strings.HasPrefix(name, "-") {
				t.Errorf("name %q", name)
			}
		}
	}
}
