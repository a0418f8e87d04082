package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// s3 is the URL of a bucket of an S3 server in memory.
func s3(t *testing.T) string {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("plants"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	t.Setenv("AWS_REGION", "us-east-1")
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "SECRETKEY")
	return "s3://plants"
}

// ask sends requests, and returns the answers in the order of the requests.
func ask(t *testing.T, requests ...request) []answer {
	t.Helper()
	var in, out bytes.Buffer
	for i, r := range requests {
		r.ID = i
		if err := json.NewEncoder(&in).Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := serve(t.Context(), &in, &out); err != nil {
		t.Fatal(err)
	}
	answers := make([]answer, len(requests))
	for dec := json.NewDecoder(&out); ; {
		var a answer
		if err := dec.Decode(&a); err == io.EOF {
			return answers
		} else if err != nil {
			t.Fatal(err)
		}
		answers[a.ID] = a
	}
}

// TestProtocol asks for everything once.
func TestProtocol(t *testing.T) {
	bucket, dir := s3(t), t.TempDir()
	file := filepath.Join(dir, "x")
	large := strings.Repeat("0123456789", 1<<20) // more than S3 takes in one part
	if err := os.WriteFile(file, []byte(large), 0o644); err != nil {
		t.Fatal(err)
	}
	one := func(r request) answer { t.Helper(); r.Bucket = bucket; return ask(t, r)[0] }
	if a := one(request{Op: "put", Key: "a/x", File: file}); a.Error != "" || len(a.Objects) != 1 || a.Objects[0].Size != int64(len(large)) {
		t.Errorf("put: %+v", a)
	}
	if a := one(request{Op: "get", Key: "a/x", File: filepath.Join(dir, "back")}); a.Error != "" {
		t.Errorf("get: %+v", a)
	}
	if data, err := os.ReadFile(filepath.Join(dir, "back")); err != nil || string(data) != large {
		t.Errorf("%d bytes came back, %v", len(data), err)
	}
	if a := one(request{Op: "write", Key: "a/y", Data: []byte("1"), Absent: true}); a.Error != "" {
		t.Errorf("write: %+v", a)
	}
	for _, r := range []request{{Op: "write", Key: "a/y", Data: []byte("2"), Absent: true}, {Op: "put", Key: "a/x", File: file, Absent: true}} {
		if a := one(r); a.Kind != "exists" {
			t.Errorf("%s of what exists: %+v", r.Op, a)
		}
	}
	if a := one(request{Op: "read", Key: "a/y"}); string(a.Data) != "1" {
		t.Errorf("read: %+v", a)
	}
	if a := one(request{Op: "list", Prefix: "a/"}); len(a.Objects) != 2 || a.Objects[1].Key != "a/y" || a.Objects[1].Size != 1 {
		t.Errorf("list: %+v", a)
	}
	for _, key := range []string{"a/y", "a/y"} {
		if a := one(request{Op: "delete", Key: key}); a.Error != "" {
			t.Errorf("delete: %+v", a)
		}
	}
	if a := one(request{Op: "read", Key: "a/y"}); a.Kind != "absent" {
		t.Errorf("read of what is gone: %+v", a)
	}
	if a := one(request{Op: "get", Key: "a/y", File: filepath.Join(dir, "none")}); a.Kind != "absent" {
		t.Errorf("get of what is gone: %+v", a)
	}
	if a := ask(t, request{Op: "list", Bucket: "s4://x"})[0]; a.Error == "" {
		t.Error("an unknown scheme is taken")
	}
}

// TestHostileBucket lists more objects than one answer of S3 has, with names that lead out of
// folders, and reads what is far too large for a claim.
func TestHostileBucket(t *testing.T) {
	bucket, dir := s3(t), t.TempDir()
	const many = 2300
	var requests []request
	for i := range many {
		requests = append(requests, request{Op: "write", Bucket: bucket, Key: fmt.Sprintf("many/%05d", i), Data: []byte("1")})
	}
	requests = append(requests, request{Op: "write", Bucket: bucket, Key: "many/../../etc/passwd", Data: []byte("1")})
	for _, a := range ask(t, requests...) {
		if a.Error != "" {
			t.Fatal(a.Error)
		}
	}
	listed := ask(t, request{Op: "list", Bucket: bucket, Prefix: "many/"})[0]
	keys := map[string]bool{}
	for _, o := range listed.Objects {
		keys[o.Key] = true
	}
	if listed.Error != "" || len(listed.Objects) != many+1 || len(keys) != many+1 {
		t.Errorf("%d objects, %d keys, of %d; %s", len(listed.Objects), len(keys), many+1, listed.Error)
	}
	file := filepath.Join(dir, "large")
	if err := os.WriteFile(file, make([]byte, mostRead+1), 0o644); err != nil {
		t.Fatal(err)
	}
	answers := ask(t, request{Op: "put", Bucket: bucket, Key: "runs/r/claim.1.json", File: file})
	if answers[0].Error != "" {
		t.Fatal(answers[0].Error)
	}
	if a := ask(t, request{Op: "read", Bucket: bucket, Key: "runs/r/claim.1.json"})[0]; len(a.Data) > 0 || !strings.Contains(a.Error, "remove it") {
		t.Errorf("%d bytes, %q", len(a.Data), a.Error)
	}
	for _, r := range []request{{Op: "list"}, {Op: "read", Key: "x"}} {
		r.Bucket = bucket + "?endpoint=http://127.0.0.1:1&region=x"
		if a := ask(t, r)[0]; a.Error == "" || strings.Contains(a.Error, "SECRETKEY") {
			t.Errorf("%s: %q", r.Op, a.Error)
		}
	}
}

// TestConditional lets many create the same object: one succeeds, in S3.
func TestConditional(t *testing.T) {
	bucket := s3(t)
	for round := range 20 {
		var requests []request
		for i := range 16 {
			requests = append(requests, request{Op: "write", Bucket: bucket, Key: fmt.Sprint("claim", round), Data: fmt.Append(nil, i), Absent: true})
		}
		won := slices.DeleteFunc(ask(t, requests...), func(a answer) bool { return a.Kind == "exists" })
		if len(won) != 1 || won[0].Error != "" {
			t.Fatalf("round %d: %d created it: %+v", round, len(won), won)
		}
	}
}
