// Package kubernetes describes the runs of a plan as an Indexed Job of Kubernetes.
//
//  1. [ReadConfig] reads what the user says: image, volume, resources.
//  2. [New] packs the runs and makes the manifests: a ConfigMap with the study and the
//     packs, and a Job whose pods are 'sharewise work', one for each index.
//  3. [Manifests.Print] writes them for 'kubectl apply -f -', and [Cluster.Apply] calls that.
//
// The volume holds data and OUT, at the paths that they have where the study is planned.
// The study in the ConfigMap lies over that on the volume, so that an edit of the latter
// does not reach pods.
//
// An index whose worker exits with 2, 3 or 4 has failed for good (FailIndex); pods that
// are evicted or make room for others are not counted (DisruptionTarget); all other
// failures, 74 and 75 among them, are retried as often as the configuration says
// (backoffLimitPerIndex, stable in Kubernetes 1.33). On SIGTERM a worker writes checkpoints
// within the grace period.
//
// Clusters are spoken to by the user's own kubectl, which knows the configuration and all ways to
// log in; a client of our own would be larger than the rest of the program. The manifests are decoded by the official Go types of
// Kubernetes, strictly, by tests in the module in testdata/schema. Tests in testdata/cluster apply them
// to a control plane of Kubernetes 1.37.2 (etcd, API server, controller of Jobs), whose pods a small
// kubelet runs as processes of one machine: with workers killed, told to stop and evicted files are those
// of one process, and exit codes end an index or try it again as said above. No test has run
// them on nodes with a container engine, with volumes or on several machines.
package kubernetes
