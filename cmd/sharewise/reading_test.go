package main

import "testing"

func TestByteSize(t *testing.T) {
	for text, want := range map[string]byteSize{"8GB": 8e9, "1.5 gb": 1.5e9, "500MB": 5e8, "20kb": 20000, "7B": 7} {
		var got byteSize
		if err := got.Set(text); err != nil || got != want {
			t.Errorf("%q is %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "8", "GB", "-1GB", "0B", "1e300GB", "NaNGB", "8TB"} {
		var got byteSize
		if err := got.Set(text); err == nil {
			t.Errorf("%q is %d, want an error", text, got)
		}
	}
}
