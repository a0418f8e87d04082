package slurm

import (
	"bytes"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"text/template"

	"github.com/sharewise/sharewise/analysis/wording"
)

// arrayScript runs one worker for each element of an array.
var arrayScript = template.Must(template.New("array").Funcs(template.FuncMap{"quote": wording.ShellWord}).Parse(`#!/bin/bash
#SBATCH --job-name={{.Name}}
#SBATCH --array=0-{{.Last}}{{if .AtOnce}}%{{.AtOnce}}{{end}}
#SBATCH --output={{quote .Log}}
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:USR1@{{.Ahead}}
#SBATCH --ntasks=1
#SBATCH --cpus-per-task={{.Cores}}
{{range .Options}}#SBATCH {{.}}
{{end}}{{range .Before}}{{.}}
{{end}}
job=${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}
log={{quote .LogDir}}/$job.log
{{.Worker}} --packs {{quote .Packs}} --index $((SLURM_ARRAY_TASK_ID + {{.Offset}})) --log "$log" &
worker=$!
trap 'kill -USR1 $worker 2>/dev/null' USR1 TERM
while true; do
	wait $worker; code=$?
	kill -0 $worker 2>/dev/null || break # a signal ends wait, and not the worker
done

# 75: it was stopped. 74: this node failed it. More than 128: it was killed.
if [ $code -eq 75 ] || [ $code -eq 74 ] || [ $code -gt 128 ]; then
	if [ ${SLURM_RESTART_COUNT:-0} -lt {{.Retries}} ]; then
		trap '' TERM # requeuing ends this script, which has something left to do
		echo "$job goes back into the queue: exit code $code on $SLURMD_NODENAME"
		if [ $code -eq 74 ]; then
			touch {{quote .Bad}}/$SLURMD_NODENAME
			scontrol requeuehold $job
			bad=$(ls {{quote .Bad}} | grep -x '[A-Za-z0-9._-]*' | paste -sd, -){{range .Exclude}},{{.}}{{end}}
			for try in 1 2 3 4 5; do
				scontrol update JobId=$job "ExcNodeList=$bad" && break
				sleep 1
			done
			scontrol release $job
		else
			scontrol requeue $job
		fi
		exit 0
	fi
	echo "$job was put back {{.Retries}} times, and is not again"
fi
exit $code
`))

// reportScript runs once all arrays have ended.
var reportScript = template.Must(template.New("report").Funcs(template.FuncMap{"quote": wording.ShellWord}).Parse(`#!/bin/bash
#SBATCH --job-name={{.Name}}-report
#SBATCH --output={{quote .Log}}
#SBATCH --requeue
#SBATCH --ntasks=1
#SBATCH --cpus-per-task={{.Cores}}
{{range .Options}}#SBATCH {{.}}
{{end}}{{range .Before}}{{.}}
{{end}}
exec {{.Worker}} --report
`))

// directives are options of sbatch that both scripts have.
func (c *Config) directives(exclude []string) []string {
	var out []string
	for _, d := range []struct{ option, value string }{
		{"--partition", c.Partition}, {"--account", c.Account}, {"--time", c.Time}, {"--mem", c.Memory}, {"--gpus", c.GPUs},
		{"--exclude", strings.Join(exclude, ",")},
	} {
		if d.value != "" {
			out = append(out, d.option+"="+d.value)
		}
	}
	return append(out, c.Lines...)
}

// write fills a script in.
func (s *Submission) write(t *template.Template, first, count int, options []string) string {
	c := s.config
	worker := []string{wording.ShellWord(s.program), "work", wording.ShellWord(s.out)}
	if t == arrayScript {
		worker = append(worker, "--jobs", strconv.Itoa(max(1, c.Jobs)))
	}
	for _, o := range c.Options {
		worker = append(worker, wording.ShellWord(o))
	}
	log := "%A_%a.log"
	if t == reportScript {
		log = "report-%j.log"
	}
	var b bytes.Buffer
	err := t.Execute(&b, map[string]any{
		"Name": s.name, "Last": count - 1, "AtOnce": c.AtOnce, "Log": filepath.Join(strings.ReplaceAll(s.logs(), "%", "%%"), log), "LogDir": s.logs(),
		"Ahead": int(math.Ceil(c.ahead().Seconds())), "Cores": max(1, c.Cores), "Options": options, "Before": c.Before,
		"Worker": strings.Join(worker, " "), "Packs": s.packsFile(), "Offset": first, "Retries": c.retries(), "Bad": s.bad(), "Exclude": c.Exclude,
	})
	if err != nil { // of a template that tests fill in
		panic(err)
	}
	return b.String()
}

func (c *Config) retries() int {
	if c.Retries == 0 {
		return 20
	}
	return c.Retries
}
