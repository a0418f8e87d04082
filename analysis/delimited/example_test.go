package delimited_test

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/sharewise/sharewise/analysis/delimited"
)

// A table as a German spreadsheet writes it.
func ExampleOpen() {
	text := "Messung vom 3. Mai\n\nZeit;Druck;Ort\n08:00;1.013,25;Nord\n08:10;1.012,75;Nord\n08:20;987,5;Süd\n"
	r, err := delimited.Open(strings.NewReader(text), delimited.Settings{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("delimiter %q, decimals behind %q\n", r.Delimiter, r.Decimal)
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		fmt.Printf("%q %v\n", row, err)
	}
	// Output:
	// delimiter ';', decimals behind ','
	// ["Zeit" "Druck" "Ort"] <nil>
	// ["08:00" "1.013,25" "Nord"] <nil>
	// ["08:10" "1.012,75" "Nord"] <nil>
	// ["08:20" "987,5" "Süd"] <nil>
}
