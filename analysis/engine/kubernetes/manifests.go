package kubernetes

import (
	"cmp"
	"fmt"
	"io"
	"path"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/sharewise/sharewise/analysis/engine"
)

// Study is what is to be trained.
type Study struct {
	// Name is the study's; File the path of its file and Text its content; Folder the
	// path of its output. Both must lie below Config.Mount.
	Name, File, Text, Folder string
	// Runs are those that have not ended, with their costs in seconds.
	Runs []engine.Work
}

// Manifests are a ConfigMap and a Job.
type Manifests struct {
	// Name is that of both.
	Name string
	// Packs are the runs of each index.
	Packs     [][]string
	configMap yaml.MapSlice
	job       yaml.MapSlice
}

// Limits of Kubernetes: the size of a ConfigMap, and the indexes of a Job with
// backoffLimitPerIndex.
const (
	mostBytes   = 1 << 20
	mostIndexes = 100_000
)

var unusual = regexp.MustCompile(`[^a-z0-9]+`)

// New makes the manifests. suffix tells the Jobs of a study apart, such as the time.
func New(s Study, c Config, suffix string) (*Manifests, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	for what, p := range map[string]string{"the study": s.File, "its output": s.Folder} {
		if !strings.HasPrefix(path.Clean(p)+"/", path.Clean(c.Mount)+"/") {
			return nil, fmt.Errorf("%s is %s, which is not on the volume that is mounted at %s", what, p, c.Mount)
		}
	}
	pack, err := c.pack()
	if err != nil {
		return nil, err
	}
	const label = 40 // of the 63 characters that names may have
	name := strings.Trim(unusual.ReplaceAllString(strings.ToLower(s.Name), "-"), "-")
	name = strings.Trim("sharewise-"+name[:min(len(name), label)], "-") + "-" + suffix
	m := &Manifests{Name: name, Packs: engine.Pack(s.Runs, pack.Seconds()*float64(max(1, c.Jobs)), mostIndexes)}
	var lines strings.Builder
	for _, ids := range m.Packs {
		lines.WriteString(strings.Join(ids, " ") + "\n")
	}
	if n := len(s.Text) + lines.Len(); n > mostBytes {
		return nil, fmt.Errorf("study and packs have %d bytes, and a ConfigMap takes %d: divide the study, or start the workers without a ConfigMap", n, mostBytes)
	}
	meta := yaml.MapSlice{{Key: "name", Value: name}}
	if c.Namespace != "" {
		meta = append(meta, yaml.MapItem{Key: "namespace", Value: c.Namespace})
	}
	meta = append(meta, yaml.MapItem{Key: "labels", Value: yaml.MapSlice{{Key: "app.kubernetes.io/name", Value: "sharewise"}}})
	m.configMap = yaml.MapSlice{
		{Key: "apiVersion", Value: "v1"}, {Key: "kind", Value: "ConfigMap"}, {Key: "metadata", Value: meta},
		{Key: "data", Value: yaml.MapSlice{{Key: "study.yaml", Value: s.Text}, {Key: "packs", Value: lines.String()}}},
	}
	m.job = yaml.MapSlice{
		{Key: "apiVersion", Value: "batch/v1"}, {Key: "kind", Value: "Job"}, {Key: "metadata", Value: meta},
		{Key: "spec", Value: yaml.MapSlice{
			{Key: "completionMode", Value: "Indexed"},
			{Key: "completions", Value: len(m.Packs)},
			{Key: "parallelism", Value: min(len(m.Packs), cmp.Or(c.AtOnce, 100))},
			{Key: "backoffLimitPerIndex", Value: cmp.Or(c.Retries, 20)},
			{Key: "podFailurePolicy", Value: yaml.MapSlice{{Key: "rules", Value: []any{
				yaml.MapSlice{{Key: "action", Value: "Ignore"}, {Key: "onPodConditions", Value: []any{yaml.MapSlice{{Key: "type", Value: "DisruptionTarget"}, {Key: "status", Value: "True"}}}}},
				yaml.MapSlice{{Key: "action", Value: "FailIndex"}, {Key: "onExitCodes", Value: yaml.MapSlice{
					{Key: "containerName", Value: "worker"}, {Key: "operator", Value: "In"}, {Key: "values", Value: []int{2, 3, 4}},
				}}},
			}}}},
			{Key: "template", Value: yaml.MapSlice{{Key: "spec", Value: s.pod(c, name)}}},
		}},
	}
	return m, nil
}

// pod is the specification of a pod.
func (s *Study) pod(c Config, name string) yaml.MapSlice {
	// In arguments $(NAME) stands for a variable, unless the dollar is doubled.
	args := []string{"work", strings.ReplaceAll(s.Folder, "$(", "$$("), "--packs", "/etc/sharewise/packs", "--index", "$(JOB_COMPLETION_INDEX)", "--jobs", strconv.Itoa(max(1, c.Jobs))}
	resources := yaml.MapSlice{{Key: "cpu", Value: cmp.Or(c.Cores, "1")}}
	if c.Memory != "" {
		resources = append(resources, yaml.MapItem{Key: "memory", Value: c.Memory})
	}
	limits := yaml.MapSlice{}
	if c.Memory != "" {
		limits = append(limits, yaml.MapItem{Key: "memory", Value: c.Memory})
	}
	if c.GPUs > 0 {
		limits = append(limits, yaml.MapItem{Key: "nvidia.com/gpu", Value: strconv.Itoa(c.GPUs)})
	}
	requests := yaml.MapSlice{{Key: "requests", Value: resources}}
	if len(limits) > 0 {
		requests = append(requests, yaml.MapItem{Key: "limits", Value: limits})
	}
	spec := yaml.MapSlice{
		{Key: "restartPolicy", Value: "Never"},
		{Key: "terminationGracePeriodSeconds", Value: cmp.Or(c.Grace, 60)},
	}
	if len(c.Nodes) > 0 {
		spec = append(spec, yaml.MapItem{Key: "nodeSelector", Value: c.Nodes})
	}
	return append(spec,
		yaml.MapItem{Key: "containers", Value: []any{yaml.MapSlice{
			{Key: "name", Value: "worker"}, {Key: "image", Value: c.Image},
			{Key: "args", Value: append(args, c.Options...)},
			{Key: "resources", Value: requests},
			{Key: "volumeMounts", Value: []any{
				yaml.MapSlice{{Key: "name", Value: "data"}, {Key: "mountPath", Value: c.Mount}},
				yaml.MapSlice{{Key: "name", Value: "study"}, {Key: "mountPath", Value: s.File}, {Key: "subPath", Value: "study.yaml"}, {Key: "readOnly", Value: true}},
				yaml.MapSlice{{Key: "name", Value: "study"}, {Key: "mountPath", Value: "/etc/sharewise/packs"}, {Key: "subPath", Value: "packs"}, {Key: "readOnly", Value: true}},
			}},
		}}},
		yaml.MapItem{Key: "volumes", Value: []any{
			yaml.MapSlice{{Key: "name", Value: "data"}, {Key: "persistentVolumeClaim", Value: yaml.MapSlice{{Key: "claimName", Value: c.Claim}}}},
			yaml.MapSlice{{Key: "name", Value: "study"}, {Key: "configMap", Value: yaml.MapSlice{{Key: "name", Value: name}}}},
		}},
	)
}

// Print writes both as documents of YAML.
func (m *Manifests) Print(w io.Writer) error {
	for i, doc := range []yaml.MapSlice{m.configMap, m.job} {
		data, err := encode(doc)
		if err != nil {
			return fmt.Errorf("kubernetes: %w", err)
		}
		if i > 0 {
			data = append([]byte("---\n"), data...)
		}
		if _, err := w.Write(data); err != nil {
			return err
		}
	}
	return nil
}

// encode writes a document with texts as they are, unless one has something, such as
// blanks at the end of a line, that would not come back.
func encode(doc yaml.MapSlice) ([]byte, error) {
	var want, got any
	plain, err := yaml.MarshalWithOptions(doc, yaml.IndentSequence(true), yaml.JSON())
	if err != nil {
		return nil, err
	}
	data, err := yaml.MarshalWithOptions(doc, yaml.UseLiteralStyleIfMultiline(true), yaml.IndentSequence(true))
	if err == nil && yaml.Unmarshal(plain, &want) == nil && yaml.Unmarshal(data, &got) == nil && reflect.DeepEqual(want, got) {
		return data, nil
	}
	return plain, nil
}
