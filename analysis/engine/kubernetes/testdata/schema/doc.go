// Package schema holds the manifests of package kubernetes against the official types of
// Kubernetes, in a module of its own, so that sharewise does not depend on these.
package schema
