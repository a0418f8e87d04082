package zoo

import "fmt"

func mlp(l *layers) error {
	if len(l.cfg.Categories) > 0 {
		l.embed()
	}
	l.flatten()
	l.linear("fc1", l.cfg.scaled(256))
	l.relu()
	l.linear("fc2", l.cfg.scaled(256))
	l.relu()
	return nil
}

// minSide is the smallest height and width for which two poolings leave more
// than a single pixel.
const minSide = 8

func cnn(l *layers) error {
	if len(l.shape) != 3 || l.shape[1] < minSide || l.shape[2] < minSide {
		return fmt.Errorf("samples of shape %s; need channels x height x width of %dx%d or more",
			FormatShape(l.shape), minSide, minSide)
	}
	l.conv("conv1", l.cfg.scaled(16))
	l.relu()
	l.pool()
	l.conv("conv2", l.cfg.scaled(32))
	l.relu()
	l.pool()
	l.flatten()
	l.linear("fc1", l.cfg.scaled(128))
	l.relu()
	return nil
}
