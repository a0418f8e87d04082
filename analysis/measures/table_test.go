package measures

import "testing"

// TestTable holds every measure against what its readers rely on.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range All {
		if m.Effects != Correct && m.Effects != Loss {
			t.Errorf("%s: effects rest on %q", m.Name, m.Effects)
		}
		if m.Needs == 0 || m.Metric.Title == "" || m.Metric.Word == "" || m.Doc == "" {
			t.Errorf("%s lacks needs or words: %+v", m.Name, m)
		}
		if m.Apart() && m.Help == "" {
			t.Errorf("%s lacks help", m.Name)
		}
		for _, name := range []string{m.Name, m.Setting} {
			if Of(name).Name != m.Name {
				t.Errorf("%q is %s, not %s", name, Of(name).Name, m.Name)
			}
		}
		if got := MetricNamed(m.Metric.Name); got != m.Metric || seen[m.Metric.Name] {
			t.Errorf("metric %q: %+v, want %+v alone", m.Metric.Name, got, m.Metric)
		}
		seen[m.Metric.Name] = true
	}
	if Known("") || Known("error") || !Known(Correct) || Of("f1").Name != "" {
		t.Error("results know a name too many or too few")
	}
	if MetricNamed("mse") != SquaredError || MetricNamed("other").Name != Loss {
		t.Error("metrics of losses")
	}
}
