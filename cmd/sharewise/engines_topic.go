package main

import "github.com/spf13/cobra"

const enginesLong = `'sharewise run study.yaml --on slurm' trains the runs of a study as job arrays of
Slurm and waits for them; then a last job analyses, groups and reports. The study, its
data and OUT must have the same paths on the nodes, and OUT must be on a file system
that all of them share, see 'sharewise work --help'.

It submits what has not ended and is not queued, so that the same command goes on after
anything: what a run came to is said by its done.json alone. Short runs are packed by the
plan's estimates, which come from runs that have ended; arrays are cut to what
'scontrol show config' says of MaxArraySize and MaxJobCount. Ahead of the limit of time
a job gets SIGUSR1, writes checkpoints and goes back into the queue, as it does when its
node dies or it makes room for others; where a node's disk fails, the node is left out.
--print shows the scripts to the letter. Ctrl-C leaves the jobs where they are and says
how to cancel them. 'sharewise status OUT' says which runs wait and why, on which nodes
the others are, their logs, and why runs failed. Scripts and logs stand in OUT/slurm.

What to ask the cluster for stands in slurm.yaml beside the study, or the file that
--cluster names ('sharewise schema slurm' has its JSON Schema). All keys may be left out:

  partition: gpu
  account: quality
  time: 02:00:00          # limit of a job, as Slurm takes it
  cores: 4                # 1 unless given
  memory: 8G
  gpus: 1                 # or a100:1
  jobs: 2                 # runs side by side in a job; 1 unless given
  at_once: 50             # most jobs of an array at the same time
  pack: 10m               # how long a job of several short runs is to take
  retries: 20             # how often a job goes back into the queue
  exclude: [node7]
  lines: [--qos=long]     # further options of sbatch
  before: [module load onnxruntime]
  sharewise: /opt/sharewise
  options: [--provider, cuda]   # of 'sharewise work'

For Kubernetes, from 1.33 on, it makes an Indexed Job and a ConfigMap with the study, of
what has not ended, hands them to kubectl, which must be on PATH with a configuration
that reaches the cluster, and waits; --print shows them instead:

  sharewise plan study.yaml -o out --write
  sharewise run study.yaml -o out --on kubernetes
  sharewise work out --report         # when the Job is complete

The volume holds data and OUT at the paths that they have here. Exit codes 2, 3 and 4 of
a worker fail its part of the runs; evictions are not counted, and all else is tried
again. A Containerfile stands in the sources. kubernetes.yaml beside the study says:

  image: registry.example/sharewise:1
  claim: plant            # PersistentVolumeClaim, ReadWriteMany
  mount: /data            # where it is mounted, here as there
  namespace: quality      # what follows may be left out
  cores: "2"
  memory: 4Gi
  gpus: 1
  jobs: 2
  at_once: 100
  pack: 10m
  retries: 20
  grace: 60               # seconds for checkpoints
  nodes: {disk: ssd}
  options: [--provider, cuda]`

// newEnginesTopic is a page of the help, not a command.
func newEnginesTopic() *cobra.Command {
	return &cobra.Command{Use: "engines", Short: "Training in a cluster", Long: enginesLong}
}
