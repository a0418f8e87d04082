package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

const limitsLong = `Files that others made are read with limits, so that one that is damaged or meant
to do harm is refused and does not fill the memory. What a file says of its size is
compared with the bytes that it has; where these tell nothing, with a limit. A
message that names a limit says how large the file's item is.

Limits are for single items. Data beyond the size that --memory allows go to
temporary files, however many there are.

  sharewise run study.yaml --limit pixels=300M,line=1G

raises some for one call. K, M, G and T stand for 2 to the power 10, 20, 30 and 40.
Those marked with * can stand in a study file, under limits:.

`

// newLimitsTopic is a page of the help, not a command.
func newLimitsTopic() *cobra.Command {
	var b strings.Builder
	b.WriteString(limitsLong)
	for _, e := range filelimit.Table {
		mark := " "
		if e.Data {
			mark = "*"
		}
		fmt.Fprintf(&b, "  %s %-12s %11d  %s\n", mark, e.Key, e.Default, e.Doc)
	}
	return &cobra.Command{Use: "limits", Short: "How much one file may ask for", Long: strings.TrimSuffix(b.String(), "\n")}
}
