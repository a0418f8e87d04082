package dataset

// numberRows are inputs that are stored as numbers. Where they lie is the
// implementation's business: in memory, as views of a longer signal, so that
// windows that overlap are not copied, or in a mapped file. Rows may be read
// from several goroutines.
type numberRows interface {
	count() int
	// read writes the numbers of a row into dst, which has room for them
	// exactly.
	read(row int, dst []float32)
}

// byteRows are inputs that are stored as bytes: images.
type byteRows interface {
	count() int
	// bytes returns those of a row. They are not to be changed.
	bytes(row int) []byte
}

// matrix holds numbers in memory, row after row.
type matrix struct {
	size int // of a row
	data []float32
}

func (m *matrix) count() int { return len(m.data) / max(1, m.size) }

func (m *matrix) read(row int, dst []float32) {
	copy(dst, m.data[row*m.size:(row+1)*m.size])
}

// byteMatrix holds bytes in memory, row after row.
type byteMatrix struct {
	size int // of a row
	data []byte
}

func (m *byteMatrix) count() int { return len(m.data) / max(1, m.size) }

func (m *byteMatrix) bytes(row int) []byte { return m.data[row*m.size : (row+1)*m.size] }

// numberChain is rows of several sources, one source after another.
type numberChain []numberRows

func (c numberChain) count() int { return total(c) }

func (c numberChain) read(row int, dst []float32) {
	k, row := place(c, row)
	c[k].read(row, dst)
}

// byteChain is rows of several sources, one source after another.
type byteChain []byteRows

func (c byteChain) count() int { return total(c) }

func (c byteChain) bytes(row int) []byte {
	k, row := place(c, row)
	return c[k].bytes(row)
}

func total[R interface{ count() int }](sources []R) int {
	n := 0
	for _, s := range sources {
		n += s.count()
	}
	return n
}

// place finds the source of a row and the row's number in it. Chains are
// short: given validation and test data are what makes them.
func place[R interface{ count() int }](sources []R, row int) (source, at int) {
	for k, s := range sources {
		if n := s.count(); row < n {
			return k, row
		} else {
			row -= n
		}
	}
	panic("dataset: no such row") // rows come from the store's own index
}
