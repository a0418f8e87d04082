package reports

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/parquet-go/parquet-go"
)

// storedHistory is a row of a run's history.parquet, as far as reports need
// it.
type storedHistory struct {
	Epoch  int32   `parquet:"epoch"`
	Domain string  `parquet:"domain"`
	Split  string  `parquet:"split"`
	Loss   float64 `parquet:"loss"`
	Weight float64 `parquet:"weight"`
}

// ReadHistory reads the learning curves of one run. The run's arm, rung,
// weighting and seed come from the file's key-value metadata.
func ReadHistory(path string) ([]HistoryRow, error) {
	rows, err := readHistory(path)
	if err != nil {
		return nil, fmt.Errorf("reports: read %s: %w", path, err)
	}
	return rows, nil
}

func readHistory(path string) (rows []HistoryRow, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	file, err := parquet.OpenFile(f, info.Size())
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"epoch", "domain", "split", "loss", "weight"} {
		if _, ok := file.Schema().Lookup(name); !ok {
			return nil, fmt.Errorf("has no column %s", name)
		}
	}
	var run HistoryRow
	for key, field := range map[string]*string{"arm": &run.Arm, "rung": &run.Rung, "weighting": &run.Weighting} {
		value, ok := file.Lookup(key)
		if !ok {
			return nil, fmt.Errorf("has no metadata %s", key)
		}
		*field = value
	}
	seed, _ := file.Lookup("seed")
	if run.Seed, err = strconv.ParseInt(seed, 10, 64); err != nil {
		return nil, fmt.Errorf("metadata seed: %w", err)
	}
	reader := parquet.NewGenericReader[storedHistory](file)
	defer func() { _ = reader.Close() }() // reading leaves nothing to lose
	buffer := make([]storedHistory, 256)
	for {
		n, err := reader.Read(buffer)
		for _, s := range buffer[:n] {
			row := run
			row.Epoch, row.Domain, row.Split, row.Loss, row.Weight = int(s.Epoch), s.Domain, s.Split, s.Loss, s.Weight
			rows = append(rows, row)
		}
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
