package slurm

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/sharewise/sharewise/analysis/engine"
	"github.com/sharewise/sharewise/analysis/filelimit"
)

// Config says how jobs are asked for. What is empty is left to the cluster.
type Config struct {
	Partition string `yaml:"partition" jsonschema:"partition of the cluster"`
	Account   string `yaml:"account" jsonschema:"account that the time is charged to"`
	// Time is the limit of a job, as Slurm takes it: minutes, HH:MM:SS or D-HH:MM:SS.
	Time string `yaml:"time" jsonschema:"limit of a job: minutes, HH:MM:SS or D-HH:MM:SS"`
	// Cores of a job; 0 stands for 1.
	Cores  int    `yaml:"cores" jsonschema:"cores of a job; 1 unless given"`
	Memory string `yaml:"memory" jsonschema:"memory of a job, such as 4G"`
	GPUs   string `yaml:"gpus" jsonschema:"GPUs of a job: a number, or type and number such as a100:1"`
	// Jobs is the number of runs side by side in a job; 0 stands for 1.
	Jobs int `yaml:"jobs" jsonschema:"runs side by side in a job; 1 unless given"`
	// AtOnce is the most jobs of an array that run at the same time; 0 is no limit.
	AtOnce int `yaml:"at_once" jsonschema:"most jobs of an array at the same time"`
	// Pack is how long a job of several short runs is to take, as time.ParseDuration reads
	// it; empty stands for 10m.
	Pack string `yaml:"pack" jsonschema:"how long a job of several short runs is to take, such as 10m"`
	// Retries is how often a job is put back into the queue; 0 stands for 20.
	Retries int `yaml:"retries" jsonschema:"how often a job is put back into the queue; 20 unless given"`
	// Exclude are nodes that are not to be used.
	Exclude []string `yaml:"exclude" jsonschema:"nodes that are not to be used"`
	// Lines are further lines of #SBATCH, without that word; Before are lines of the
	// script before the worker, such as 'module load'.
	Lines  []string `yaml:"lines" jsonschema:"further options of sbatch, a line each, such as --qos=long"`
	Before []string `yaml:"before" jsonschema:"lines of the script before the worker, such as module load gcc"`
	// Sharewise is the program on the nodes; empty stands for the one that submits.
	Sharewise string `yaml:"sharewise" jsonschema:"path of sharewise on the nodes"`
	// Options are further options of every worker, such as --onnxruntime.
	Options []string `yaml:"options" jsonschema:"further options of 'sharewise work'"`
}

// ReadConfig reads a file of YAML, whose unknown keys are errors with their lines.
func ReadConfig(path string) (Config, error) {
	var c Config
	data, err := filelimit.ReadFile(path, filelimit.State)
	if err != nil {
		return c, err
	}
	if err := filelimit.DecodeYAML(data, &c); err != nil {
		return c, fmt.Errorf("%s: %w", path, err)
	}
	if err := c.Validate(); err != nil {
		return c, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// Validate says what is wrong.
func (c *Config) Validate() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for key, text := range map[string]string{"partition": c.Partition, "account": c.Account, "memory": c.Memory, "gpus": c.GPUs, "exclude": strings.Join(c.Exclude, ",")} {
		if strings.ContainsFunc(text, func(r rune) bool {
			return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("'\"`$;&|<>()\\", r)
		}) {
			wrong("%s: %q has blanks, quotes or other characters that a shell takes for its own", key, text)
		}
	}
	if _, err := c.limit(); err != nil {
		wrong("time: %w", err)
	}
	if d, err := c.pack(); err != nil || d < 0 {
		wrong("pack: %q is no time such as 10m", c.Pack)
	}
	if c.Cores < 0 || c.Jobs < 0 || c.AtOnce < 0 || c.Retries < 0 {
		wrong("cores, jobs, at_once and retries must not be negative")
	}
	for _, line := range append(append([]string{}, c.Lines...), c.Before...) {
		if strings.ContainsAny(line, "\n\r\x00") {
			wrong("lines and before: %q is more than one line", line)
		}
	}
	return errors.Join(errs...)
}

var slurmTime = regexp.MustCompile(`^(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?$`)

// limit is the time of a job, 0 where the cluster says it.
func (c *Config) limit() (time.Duration, error) {
	if c.Time == "" {
		return 0, nil
	}
	m := slurmTime.FindStringSubmatch(c.Time)
	if m == nil {
		return 0, fmt.Errorf("%q is not minutes, MM:SS, HH:MM:SS or D-HH:MM:SS", c.Time)
	}
	n := func(i int) time.Duration { v, _ := strconv.Atoi(m[i]); return time.Duration(v) }
	switch {
	case m[1] != "":
		return n(1)*24*time.Hour + n(2)*time.Hour + n(3)*time.Minute + n(4)*time.Second, nil
	case m[4] != "":
		return n(2)*time.Hour + n(3)*time.Minute + n(4)*time.Second, nil
	default:
		return n(2)*time.Minute + n(3)*time.Second, nil
	}
}

func (c *Config) pack() (time.Duration, error) {
	if c.Pack == "" {
		return 10 * time.Minute, nil
	}
	return time.ParseDuration(c.Pack)
}

// ahead is how long before the limit a job is told to write its checkpoints.
func (c *Config) ahead() time.Duration {
	const usual = 2 * time.Minute
	if limit, err := c.limit(); err == nil && limit > 0 {
		return min(usual, limit/4)
	}
	return usual
}

// Schema is the JSON Schema of slurm.yaml.
func Schema() ([]byte, error) {
	return engine.SchemaOf[Config]("slurm.yaml", "What 'sharewise run --on slurm' asks a cluster for; all keys may be left out.")
}
