// Package cluster runs studies by the control plane of Kubernetes: etcd, the API server and the
// controller of Jobs as they are, and in the place of scheduler and nodes a small kubelet that runs pods
// as processes of this machine. 'make test-kubernetes' builds these programs, by the module in the
// folder programs, and runs the tests.
//
// What is real: everything that Jobs are about, from 'kubectl apply' to backoffLimitPerIndex, exit
// codes and evictions. What is not: images, volumes, cgroups and several machines.
package cluster
