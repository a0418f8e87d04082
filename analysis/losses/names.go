package losses

import "sync"

// names numbers the names of domains or groups, for readers at work at the same time.
type names struct {
	mu   sync.RWMutex
	list []string
	code map[string]int32
}

func newNames() *names { return &names{code: map[string]int32{}} }

// of is the number of a name.
func (n *names) of(name []byte) int32 {
	n.mu.RLock()
	c, ok := n.code[string(name)] // no allocation
	n.mu.RUnlock()
	if ok {
		return c
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if c, ok = n.code[string(name)]; !ok {
		c = int32(len(n.list))
		n.list = append(n.list, string(name))
		n.code[n.list[c]] = c
	}
	return c
}

// name is the name of a number.
func (n *names) name(c int32) string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.list[c]
}
