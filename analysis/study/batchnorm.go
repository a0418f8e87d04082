package study

// The choices of model.batch_norm.
const (
	SharedStatistics = "shared"
	DomainStatistics = "domain"
	FrozenStatistics = "frozen"
)

// batchNorm says which statistics the batch normalisations of a run use in
// training; empty where there are none. For one domain its own are the shared
// ones, so that the run is the same.
func (s *Study) batchNorm(m ModelSize, domains int) string {
	switch mode := s.Model.BatchNorm; {
	case !m.BatchNorm:
		return ""
	case s.adapted(domains) && mode != FrozenStatistics:
		return DomainStatistics
	case mode == "" || mode == DomainStatistics && domains == 1:
		return SharedStatistics
	default:
		return mode
	}
}

// adapted reports whether the domains of a run have adapters of their own: a single one
// has all layers for itself, so that the run is the same.
func (s *Study) adapted(domains int) bool { return s.Model.DomainAdapters && domains > 1 }
