package train

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/onnxio/finetune"
	"github.com/sharewise/sharewise/onnxio/training"
)

// writeModels writes the trained model, ready to deploy.
func (r *runner) writeModels() ([]string, error) {
	e := r.engine
	m, err := training.Bake(r.job.Program.Predict, e.elements(e.model()))
	if err != nil {
		return nil, fmt.Errorf("train: trained model: %w", err)
	}
	if _, err := finetune.Merge(m); err != nil {
		return nil, fmt.Errorf("train: trained model: %w", err)
	}
	for _, d := range r.job.Domains {
		if err := evaluate.Describe(m, d); err != nil {
			return nil, fmt.Errorf("train: trained model: %w", err)
		}
	}
	evaluate.Remember(m, r.job.Learned)
	m.SetProperty("sharewise.run", r.job.Run.ID)
	data, err := m.Marshal()
	if err != nil {
		return nil, fmt.Errorf("train: trained model: %w", err)
	}
	if err := atomicfile.WriteBytes(r.dir.Model(), data); err != nil {
		return nil, err
	}
	return []string{r.dir.Model()}, nil
}
