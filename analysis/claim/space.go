package claim

// Space is where claims are kept: folders, of which each has numbered files, or something
// else that behaves so. What one process has created, replaced or removed, every process
// that asks afterwards must see. Only the creator of a file replaces it.
type Space interface {
	// Prepare makes the folder ready to be looked into; token is a name that nobody else
	// uses.
	Prepare(dir, token string) error
	// Numbers lists the claims in a folder, in any order.
	Numbers(dir string) ([]int, error)
	// Read fails with fs.ErrNotExist where there is no such claim.
	Read(dir string, number int) ([]byte, error)
	// Create makes a claim that appears complete. Of several that create the same one
	// succeeds, and the others fail with fs.ErrExist. Whoever is told that it exists, since
	// the reply to an earlier try was lost, and finds its own content, has succeeded.
	Create(dir string, number int, content []byte, token string) error
	// Replace puts other content in the place of a claim, at once.
	Replace(dir string, number int, content []byte, token string) error
	// Remove removes a claim that this process has just created.
	Remove(dir string, number int) error
	// Clear removes all claims of work that is done, the one that counts last.
	Clear(dir string) error
}
