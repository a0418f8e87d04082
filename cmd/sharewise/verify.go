package main

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/provenance"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
)

const verifyLong = `Check that what a recommendation rests on is still what it was.

Groups are written together with OUT/provenance.json: the SHA-256 of the study
file, of rules and labels, of the data of every domain, of models' definitions, of
every run with its files and of the results, and the versions of the programs.
Verify computes all of them anew, also those of runs that later commands trained, as
trials of remedies do, and lists what does not match. Data that are not
at hand cannot be verified, which is said and is no mismatch. Whoever can write the
folder can write the manifest too: keep its own SHA-256, which is printed, where
nobody can change it, or sign the folder.

With --sign KEY all files of the folder are signed with a private ed25519 key, if
they are as recorded: OUT/SHA256SUMS lists them and OUT/SHA256SUMS.sig is the
signature. With --key PUB every file is held against that, whose public key must have
come another way than the folder; files that were not signed are listed. openssl makes
keys, and verifies signatures as well:

  openssl genpkey -algorithm ed25519 -out key.pem
  openssl pkey -in key.pem -pubout -out pub.pem
  openssl pkeyutl -verify -pubin -inkey pub.pem -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig

Exit codes besides the common ones: 1 if something differs or is gone.

Example:
  sharewise verify out
  sharewise verify out --no-data     # runs and files alone, which takes no reading of data
  sharewise verify out --sign key.pem
  sharewise verify out --key pub.pem --no-data`

func newVerifyCommand(a *app) *cobra.Command {
	var (
		noData, all bool
		sign, key   string
	)
	cmd := &cobra.Command{
		Use:     "verify OUT",
		Short:   "Check that a recommendation's data, runs and files are unchanged",
		Long:    verifyLong,
		GroupID: "keep",
		Args:    outputArg(),
		RunE: func(cmd *cobra.Command, args []string) error {
			data := func(plan *study.Plan) (map[string][]string, error) { return dataset.Identities(cmd.Context(), plan) }
			if noData {
				data = nil
			}
			folder := layout.Folder(args[0])
			if sign != "" && key != "" {
				return usagef("--sign and --key: sign first, then verify with the public key")
			}
			var signed *signatureReport
			if key != "" {
				var err error
				if signed, err = readSignature(folder, key); err != nil {
					return err
				}
			}
			if err := a.verify(folder, data, all, signed); err != nil || sign == "" {
				return err
			}
			return a.sign(folder, sign)
		},
	}
	cmd.Flags().BoolVar(&noData, "no-data", false, "do not read the data")
	cmd.Flags().BoolVar(&all, "all", false, "list what matches, too")
	cmd.Flags().StringVar(&sign, "sign", "", "sign the folder with the private key in `FILE`, if all is as recorded")
	cmd.Flags().StringVar(&key, "key", "", "verify the folder's signature with the public key in `FILE`, first")
	return cmd
}

// signatureReport is what became of the files that were signed.
type signatureReport struct {
	Key string `json:"key_sha256"`
	*provenance.Report
}

// readSignature holds a folder against its signature.
func readSignature(folder layout.Folder, file string) (*signatureReport, error) {
	key, err := provenance.PublicKey(file)
	if err != nil {
		return nil, inputError(err)
	}
	r, err := provenance.VerifySignature(folder, key)
	switch {
	case errors.Is(err, provenance.ErrSignature), errors.Is(err, provenance.ErrNoSignature):
		return nil, errAnswerNo{err.Error()}
	case err != nil:
		return nil, inputError(err)
	}
	return &signatureReport{provenance.Fingerprint(key), r}, nil
}

// sign signs a folder of which all is as recorded.
func (a *app) sign(folder layout.Folder, file string) error {
	key, err := provenance.PrivateKey(file)
	if err != nil {
		return inputError(err)
	}
	lock, err := folder.Lock()
	if err != nil {
		return err
	}
	defer lock.Unlock()
	plan, err := folder.ReadPlan()
	if err != nil {
		return inputError(err)
	}
	n, err := provenance.Sign(folder, plan.Study, key)
	if err != nil {
		return inputError(err)
	}
	a.say("Signed %s with the key whose public half has the SHA-256 %s", wording.Plural(n, "file"), provenance.Fingerprint(key.Public().(ed25519.PublicKey)))
	return nil
}

func printFindings(w io.Writer, r *provenance.Report, all bool) {
	for _, f := range r.Findings {
		if f.State != provenance.Matches || all {
			fmt.Fprintf(w, "%s: %s", f.What, f.State)
			if f.Detail != "" {
				fmt.Fprintf(w, ": %s", f.Detail)
			}
			fmt.Fprintln(w)
		}
	}
}

func (a *app) verify(folder layout.Folder, data provenance.Data, all bool, signed *signatureReport) error {
	r, err := provenance.Verify(folder, data)
	if errors.Is(err, provenance.ErrNone) {
		return inputError(fmt.Errorf("%w; 'sharewise group %s' writes it", err, folder))
	}
	if err != nil {
		return inputError(err)
	}
	sum, err := layout.HashFile(folder.Provenance())
	if err != nil {
		return inputError(err)
	}
	shown := struct {
		*provenance.Report
		Manifest  string           `json:"manifest_sha256"`
		Signature *signatureReport `json:"signature,omitempty"`
	}{r, sum, signed}
	err = a.show(shown, func(w io.Writer) error {
		if signed != nil {
			printFindings(w, signed.Report, all)
			fmt.Fprintf(w, "%s: %s as signed by the key with the SHA-256 %s", signed.Study, wording.Plural(signed.Count(provenance.Matches), "file"), signed.Key)
			if n := signed.Count(provenance.Unsigned); n > 0 {
				fmt.Fprintf(w, ", %s not signed", wording.Plural(n, "file"))
			}
			fmt.Fprintln(w)
		}
		printFindings(w, r, all)
		fmt.Fprintf(w, "%s: %s as recorded", r.Study, wording.PluralAs(r.Count(provenance.Matches), "hash", "hashes"))
		if n := r.Count(provenance.Unverified); n > 0 {
			fmt.Fprintf(w, ", %d could not be verified", n)
		}
		_, err := fmt.Fprintf(w, "\nprovenance.json has the SHA-256 %s\n", sum)
		return err
	})
	if err == nil && signed != nil && !signed.Whole() {
		return errAnswerNo{fmt.Sprintf("%s not as signed", wording.PluralAs(signed.Count(provenance.Differs)+signed.Count(provenance.Missing), "file is", "files are"))}
	}
	if err == nil && !r.Whole() {
		return errAnswerNo{fmt.Sprintf("%d of %d differ or are gone", r.Count(provenance.Differs)+r.Count(provenance.Missing), len(r.Findings))}
	}
	return err
}
