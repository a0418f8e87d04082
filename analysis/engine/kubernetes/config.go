package kubernetes

import (
	"cmp"
	"fmt"
	"path"
	"time"

	"github.com/sharewise/sharewise/analysis/engine"
	"github.com/sharewise/sharewise/analysis/filelimit"
)

// Config says what pods are like.
type Config struct {
	// Image has sharewise and ONNX Runtime, see Containerfile; Claim is the name of a
	// PersistentVolumeClaim with access mode ReadWriteMany, mounted at Mount. All three
	// must be given.
	Image string `yaml:"image" jsonschema:"container image with sharewise"`
	Claim string `yaml:"claim" jsonschema:"PersistentVolumeClaim with data and results, ReadWriteMany"`
	Mount string `yaml:"mount" jsonschema:"path at which it is mounted, in pods as here"`
	// Namespace is that of the Job; empty leaves it to kubectl.
	Namespace string `yaml:"namespace" jsonschema:"of the Job; kubectl's own unless given"`
	// Cores, Memory and GPUs are what a pod asks for: 1, nothing and none where empty.
	Cores  string `yaml:"cores" jsonschema:"cores of a pod; 1 unless given"`
	Memory string `yaml:"memory" jsonschema:"memory of a pod, such as 4Gi"`
	GPUs   int    `yaml:"gpus" jsonschema:"GPUs of a pod"`
	// Jobs is the number of runs side by side in a pod; 0 stands for 1.
	Jobs int `yaml:"jobs" jsonschema:"runs side by side in a pod; 1 unless given"`
	// AtOnce is the most pods at the same time; 0 stands for 100.
	AtOnce int `yaml:"at_once" jsonschema:"most pods at the same time; 100 unless given"`
	// Pack is how long a pod of several short runs is to take; empty stands for 10m.
	Pack string `yaml:"pack" jsonschema:"how long a pod of several short runs is to take, such as 10m"`
	// Retries is how often an index is tried again; 0 stands for 20.
	Retries int `yaml:"retries" jsonschema:"how often an index is tried again; 20 unless given"`
	// Grace is how many seconds a pod has for its checkpoints; 0 stands for 60.
	Grace int `yaml:"grace" jsonschema:"seconds for checkpoints when a pod is stopped; 60 unless given"`
	// Nodes are labels that nodes must have.
	Nodes map[string]string `yaml:"nodes" jsonschema:"labels that nodes must have"`
	// Options are further options of 'sharewise work'.
	Options []string `yaml:"options" jsonschema:"further options of 'sharewise work'"`
}

// ReadConfig reads a file of YAML, whose unknown keys are errors with their lines.
func ReadConfig(file string) (Config, error) {
	var c Config
	data, err := filelimit.ReadFile(file, filelimit.State)
	if err != nil {
		return c, err
	}
	if err := filelimit.DecodeYAML(data, &c); err != nil {
		return c, fmt.Errorf("%s: %w", file, err)
	}
	if err := c.Validate(); err != nil {
		return c, fmt.Errorf("%s: %w", file, err)
	}
	return c, nil
}

// Validate says what is wrong.
func (c *Config) Validate() error {
	switch {
	case c.Image == "" || c.Claim == "" || c.Mount == "":
		return fmt.Errorf("image, claim and mount must be given: a container image with sharewise, the PersistentVolumeClaim that holds data and results, and the path at which it is mounted")
	case !path.IsAbs(c.Mount):
		return fmt.Errorf("mount: %q is no absolute path", c.Mount)
	case c.GPUs < 0 || c.Jobs < 0 || c.AtOnce < 0 || c.Retries < 0 || c.Grace < 0:
		return fmt.Errorf("gpus, jobs, at_once, retries and grace must not be negative")
	}
	_, err := c.pack()
	return err
}

func (c *Config) pack() (time.Duration, error) {
	d, err := time.ParseDuration(cmp.Or(c.Pack, "10m"))
	if err != nil || d < 0 {
		return 0, fmt.Errorf("pack: %q is no time such as 10m", c.Pack)
	}
	return d, nil
}

// Schema is the JSON Schema of kubernetes.yaml.
func Schema() ([]byte, error) {
	return engine.SchemaOf[Config]("kubernetes.yaml", "What 'sharewise run --on kubernetes' asks a cluster for.", "image", "claim", "mount")
}
