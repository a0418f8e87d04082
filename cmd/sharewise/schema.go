package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/study"
)

const schemaLong = `Print the JSON Schema of study files, with which editors complete keys and mark
mistakes; or, with --reference, the table of all keys in Markdown.

Examples:
  sharewise schema > study.schema.json
  # then, as the first line of study.yaml:
  # yaml-language-server: $schema=study.schema.json

  sharewise schema --reference`

func newSchemaCommand(a *app) *cobra.Command {
	var reference bool
	cmd := &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON Schema of study files",
		Long:    schemaLong,
		GroupID: "study",
		Args:    exactArgs(),
		RunE: func(*cobra.Command, []string) error {
			if reference {
				if a.json {
					return usagef("--reference prints Markdown; leave out --json")
				}
				_, err := fmt.Fprint(a.stdout, study.Reference())
				return err
			}
			schema, err := study.Schema()
			if err != nil {
				return err
			}
			_, err = a.stdout.Write(schema)
			return err
		},
	}
	cmd.Flags().BoolVar(&reference, "reference", false, "print the table of keys in Markdown instead")
	return cmd
}
