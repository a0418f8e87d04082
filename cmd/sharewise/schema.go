package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/contest"
	"github.com/sharewise/sharewise/analysis/engine/kubernetes"
	"github.com/sharewise/sharewise/analysis/engine/slurm"
	"github.com/sharewise/sharewise/analysis/influence"
	"github.com/sharewise/sharewise/analysis/merging"
	"github.com/sharewise/sharewise/analysis/mixtures"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/suspects"
	owntrainer "github.com/sharewise/sharewise/analysis/trainer"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/affinity"
	"github.com/sharewise/sharewise/grouping/appraisal"
	"github.com/sharewise/sharewise/grouping/deploy"
	"github.com/sharewise/sharewise/grouping/gaintable"
	"github.com/sharewise/sharewise/grouping/imbalance"
	"github.com/sharewise/sharewise/grouping/remedies"
	"github.com/sharewise/sharewise/grouping/sources"
	"github.com/sharewise/sharewise/onnxio/artifacts"
	"github.com/sharewise/sharewise/reports"
)

const schemaLong = `Print the JSON Schema of study files, with which editors complete keys and mark
mistakes; or, with --reference, the table of all keys in Markdown. 'schema
manifest' prints the JSON Schema of the manifest.json that 'model gradient'
writes, 'schema economics' that of the economics.json that 'value' writes, 'schema
affinity' that of the affinity.json of 'affinity', 'schema weightings' that of the
weightings.json of 'weightings'; mixtures, subgroups, imbalance, merge, suspects,
influence, remedies and sources those of what these commands write or print; 'schema
deployment' that of the manifest.json that
'export' writes, 'schema groups' that of the groups.json and
'schema clusters' that of the clusters.json that 'group' writes, and 'schema pools'
that of its pools.json, which 'group --gains --json' prints; 'schema slurm' and 'schema
kubernetes' those of the files that 'run --on' reads; 'schema trainer' that of
the spec.json that a program gets which trains in place of sharewise, and 'schema
trainer-losses' that of a row of the table that it leaves.

Examples:
  sharewise schema > study.schema.json
  # then, as the first line of study.yaml:
  # yaml-language-server: $schema=study.schema.json

  sharewise schema --reference
  sharewise schema manifest
  sharewise schema affinity`

// schemas are the files that have a schema, the first by default.
var schemas = []struct {
	file  string
	print func() ([]byte, error)
}{
	{"study", study.Schema},
	{"manifest", artifacts.Schema},
	{"groups", func() ([]byte, error) { return reports.GroupsSchema(), nil }},
	{"clusters", grouping.ViewsSchema},
	{"pools", gaintable.Schema},
	{"economics", appraisal.Schema},
	{"affinity", affinity.Schema},
	{"weightings", contest.Schema},
	{"mixtures", mixtures.Schema},
	{"remedies", remedies.Schema},
	{"subgroups", analysis.SubgroupsSchema},
	{"sources", sources.Schema},
	{"imbalance", imbalance.Schema},
	{"merge", merging.Schema},
	{"suspects", suspects.Schema},
	{"influence", influence.Schema},
	{"deployment", deploy.Schema},
	{"slurm", slurm.Schema},
	{"kubernetes", kubernetes.Schema},
	{"trainer", owntrainer.SpecSchema},
	{"trainer-losses", owntrainer.TableSchema},
}

// schemaFiles are the names of the files that have a schema.
func schemaFiles() []string {
	names := make([]string, len(schemas))
	for i, s := range schemas {
		names[i] = s.file
	}
	return names
}

func newSchemaCommand(a *app) *cobra.Command {
	var reference bool
	cmd := &cobra.Command{
		Use:     "schema [" + strings.Join(schemaFiles(), "|") + "]",
		Short:   "Print the JSON Schema of study files and of what is written",
		Long:    schemaLong,
		GroupID: "keep",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return exactArgs("FILE")(cmd, args)
		},
		ValidArgs: schemaFiles(),
		RunE: func(_ *cobra.Command, args []string) error {
			file := schemas[0].file
			if len(args) > 0 {
				file = args[0]
			}
			if reference {
				return a.reference(file)
			}
			return a.schema(file)
		},
	}
	cmd.Flags().BoolVar(&reference, "reference", false, "print the table of a study's keys in Markdown instead")
	return cmd
}

func (a *app) schema(file string) error {
	for _, s := range schemas {
		if s.file != file {
			continue
		}
		schema, err := s.print()
		if err != nil {
			return err
		}
		_, err = a.stdout.Write(schema)
		return err
	}
	return usagef("schema: there is none of %q; choose %s", file, strings.Join(schemaFiles(), ", "))
}

func (a *app) reference(file string) error {
	switch {
	case a.json:
		return usagef("--reference prints Markdown; leave out --json")
	case file != schemas[0].file:
		return usagef("schema: --reference is about study files")
	}
	_, err := fmt.Fprint(a.stdout, study.Reference())
	return err
}
