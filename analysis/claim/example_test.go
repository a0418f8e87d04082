package claim_test

import (
	"errors"
	"fmt"
	"os"

	"github.com/sharewise/sharewise/analysis/claim"
)

func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)

	// Two workers, here in one process; as a rule on several machines.
	one, two := claim.New(claim.Options{}), claim.New(claim.Options{})
	held, err := one.Take(dir)
	if err != nil {
		panic(err)
	}
	_, err = two.Take(dir)
	fmt.Println("held:", errors.Is(err, claim.ErrHeld))

	// Before everything that is written:
	fmt.Println("sure:", held.Confirm() == nil)

	if err := held.Release(false); err != nil {
		panic(err)
	}
	held, err = two.Take(dir)
	fmt.Println("free:", err == nil)
	fmt.Println(held.Release(true))
	// Output:
	// held: true
	// sure: true
	// free: true
	// <nil>
}
