package drafting

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestClassesOfNames finds the classes that names of files say.
func TestClassesOfNames(t *testing.T) {
	for _, c := range []struct{ names, want string }{
		{"good_01.png good_02.png bad_01.png", "bad good"},
		{"section_00_normal_0000_s.wav section_01_anomaly_0001_s.wav", "anomaly normal"},
		{"a_normal_1.wav a_anomaly_1.wav b_normal_1.wav b_anomaly_1.wav", "anomaly normal"},
		{"outer_worn_1.csv inner_worn_2.csv sound_1.csv", "inner_worn outer_worn sound"},
		{"ball_1.csv inner_2.csv sound_1.csv", "ball inner sound"},
		{"not_ok_1.csv ok_2.csv", "not_ok ok"},
		{"train/normal_1.wav test/anomaly_1.wav", "anomaly normal"},
		{"normal_1.wav normal_2.wav", "normal"},
		{"bypass_1.wav soundings_2.wav", ""},
		{"north_1.wav south_2.wav", ""},
		{"normal_1.wav 7.wav", ""},
		{"normal_worn_1.wav 7_worn.wav", ""},
		{"", ""},
	} {
		names := strings.Fields(c.names)
		pattern, classes := classesOfNames(names)
		if got := strings.Join(slices.Sorted(maps.Keys(classes)), " "); got != c.want {
			t.Errorf("%s: classes %s, want %s", c.names, got, c.want)
		}
		for class, of := range classes {
			for _, name := range of {
				if m := regexp.MustCompile(pattern).FindStringSubmatch(name); m == nil || m[1] != class {
					t.Errorf("%s finds %q in %s, want %s", pattern, m, name, class)
				}
			}
		}
	}
}
