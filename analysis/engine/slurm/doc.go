// Package slurm trains the runs of a plan as job arrays of Slurm.
//
//  1. [ReadConfig] reads what the user says: partition, time, cores and the like.
//  2. [Cluster.Limits] asks the cluster how long an array may be, and
//     [Cluster.Queue] what of earlier submissions is waiting or running.
//  3. [New] makes a [Submission] of the runs that have not ended and are not queued:
//     short runs are packed, arrays cut where the cluster wants that, and a job that
//     depends on them makes the report. Its scripts can be read before.
//  4. [Submission.Submit] writes them into OUT/slurm/N, hands them to sbatch and
//     keeps the numbers of the jobs there.
//  5. [Where] says of each run in which job, on which node and why it waits.
//
// A job is 'sharewise work', which exits with 75 when it was stopped and with 74 when
// the machine failed it. Ahead of the limit of time Slurm sends it SIGUSR1; the script
// then puts the job back into the queue, for 74 without the node that it was on.
//
// Slurm is asked by its commands sbatch, squeue and scontrol alone; accounting is not
// needed. Whether a run has ended is said by its done.json and never by Slurm.
//
// Facts about Slurm are from its manual pages, of version 22.05: the largest index of an
// array is MaxArraySize − 1, whatever its length (slurm.conf); each element of an
// array counts for MaxJobCount; --signal=B: reaches the shell of the script, and without
// B: only what srun started (sbatch).
package slurm
