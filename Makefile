# Targets: build, demo, test, fuzz, vuln, bench, lint. Nothing needs to be installed by
# hand beside Go, a C compiler and node (npm brings ONNX Runtime). A C++ compiler,
# where there is one, builds kernels that make training faster.

GO       ?= go
BIN      := bin/sharewise
CONSUMER := ./analysis/... ./grouping/... ./reports/...
TABLES   := ./analysis/datafile ./analysis/layout ./analysis/losses ./analysis/parquetfile ./grouping/gaintable
RACE     := ./analysis ./analysis/atomicfile ./analysis/baseline ./analysis/dataset ./analysis/layout ./analysis/losses ./analysis/store ./analysis/train ./onnxio/finetune ./onnxio/lower ./onnxio/ort ./onnxio/rebatch
ALONE    := ^(TestLeftOutHolds|TestSubgroupCoverage|TestContestCoverage|TestManyContests|TestInstructionSets|TestKernelCases|TestCasesAgreeWithReference|TestKernelsOnRandomShapes|TestKernelsRepeatInEveryProcess|TestKernelsKeepNoMemory|TestKernelsDoNotDependOnThreads|TestKernelsRefuseWrongShapes|TestKernelsRefuseWrongAttributes|TestMissingProvider|TestFindNothing|TestFindWhatIsGiven|TestProbeOfBrokenLibraries|TestDiagnoseNone|TestSearch)$$
LINT     := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.5.0

.PHONY: build runtime kernels demo peers peers-install test test-race test-consumers test-manifests test-kubernetes test-store store fuzz vuln bench bench-peers lint clean

build:
	$(GO) build -o $(BIN) ./cmd/sharewise

# runtime installs the pinned ONNX Runtime library unless it is there, and
# builds the kernels if there is a C++ compiler.
runtime: build
	$(BIN) runtime install
	$(BIN) runtime kernels --if-possible

# kernels builds them again.
kernels: build
	$(BIN) runtime kernels --again

demo: runtime
	$(BIN) demo -o out/demo

test: runtime
	$(GO) test -timeout 30m ./...

# peers exports architectures with PyTorch, compares all their gradients with
# autograd and fifty steps of training with PyTorch's; it needs Debian's python3-torch, -torchvision and -onnx.
PEERS := $(CURDIR)/out/peers
peers: runtime
	/usr/bin/python3 testdata/peers/architectures.py $(PEERS)
	/usr/bin/python3 testdata/peers/fixed.py $(PEERS)
	/usr/bin/python3 testdata/peers/trajectories.py $(PEERS)
	SHAREWISE_PEERS=$(PEERS) $(GO) test -timeout 60m -run 'TestArchitectures|TestTrajectories|TestExports|TestFixedRows' -v ./onnxio/rebatch ./onnxio/autodiff ./onnxio/training

# test-race runs the packages that start goroutines under the race detector, but for those
# under grouping, which compute for minutes, and for simulations, comparisons of kernels with
# their definitions and tests of other processes, which start none.
test-race: runtime
	$(GO) test -race -skip '$(ALONE)' $(RACE)

# test-consumers proves that the half which reads tables needs no C compiler: all of it is
# built without, and what reads and writes tables is tested.
test-consumers:
	CGO_ENABLED=0 $(GO) build ./cmd/sharewise $(CONSUMER)
	CGO_ENABLED=0 $(GO) test $(TABLES)

# test-manifests decodes what is printed for Kubernetes by its official types, in a
# module of its own.
test-manifests:
	cd analysis/engine/kubernetes/testdata/schema && $(GO) test ./...

# test-kubernetes builds the control plane of Kubernetes, which takes half an hour on two cores, and
# trains a study by it. Pods have mount namespaces, so that it needs root, openssl and unshare.
CLUSTER := analysis/engine/kubernetes/testdata/cluster
test-kubernetes: runtime
	mkdir -p bin/kubernetes
	cd $(CLUSTER)/programs && $(GO) build -p 1 -ldflags=-s -o $(CURDIR)/bin/kubernetes/etcd go.etcd.io/etcd/server/v3
	cd $(CLUSTER)/programs && $(GO) build -p 1 -ldflags=-s -o $(CURDIR)/bin/kubernetes/ k8s.io/kubernetes/cmd/kube-apiserver k8s.io/kubernetes/cmd/kube-controller-manager k8s.io/kubernetes/cmd/kubectl
	SHAREWISE=$(CURDIR)/$(BIN) SHAREWISE_KUBERNETES=$(CURDIR)/bin/kubernetes $(GO) test -count=1 -v ./$(CLUSTER)

# store builds the program that reads and writes object stores, a module of its own.
store:
	$(GO) build -C cmd/sharewise-store -o $(CURDIR)/bin/sharewise-store

# test-store runs studies in an S3 server of its own, a part of whose requests go wrong.
test-store: runtime store
	cd cmd/sharewise-store && $(GO) vet ./... && $(GO) test ./... && $(GO) build -o $(CURDIR)/bin/s3server ./internal/s3server
	SHAREWISE_STORE=$(CURDIR)/bin/sharewise-store SHAREWISE_S3=$(CURDIR)/bin/s3server $(GO) test -v -run 'TestStores|TestStoreData|TestStoreAlone' ./cmd/sharewise

# fuzz runs every fuzz target for FUZZTIME, one after another. What is found lies
# under testdata/fuzz of its package.
FUZZTIME := 30s
fuzz: runtime
	@grep -rHoE '^func Fuzz[A-Za-z0-9]+' --include='*_test.go' analysis grouping onnxio cmd reports | sed 's,/[^/]*:func , ,' | sort -u | \
	while read -r package target; do \
		echo "$$package $$target"; \
		$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "./$$package" || exit 1; \
	done

# vuln looks for known faults of the packages that are used. Without a way to the
# database of faults it says so, and does not fail.
VULN   := golang.org/x/vuln/cmd/govulncheck@v1.9.0
VULNDB := https://vuln.go.dev
vuln:
	@if ! curl -fsS -m 20 -o /dev/null $(VULNDB)/index/db.json; then \
		echo "NOT CHECKED: $(VULNDB) cannot be reached"; \
	else \
		$(GO) run $(VULN) -db $(VULNDB) ./...; \
	fi

bench: runtime
	$(GO) test -run '^$$' -bench . -benchtime 1x -timeout 60m ./...

# peers-install gets what bench-peers measures against, and what the examples of trainers
# train by, on Debian: PyTorch, scikit-learn, and the flavour of OpenBLAS that is best for it; and DuckDB, from npm.
peers-install:
	apt-get install -y --no-install-recommends python3-torch python3-sklearn libopenblas0-openmp
	npm install --no-save --prefix out/bench-peers/node @duckdb/node-api@1.5.6-r.1

# bench-peers measures training, evaluation and whole programs against their peers,
# in turns, and writes the table in README.md. ARGS chooses, for instance
# ARGS="--rows 'cnn*' --rounds 9"; then README.md stays as it is.
bench-peers: runtime
	mkdir -p out
	$(GO) run ./cmd/bench-peers $(if $(ARGS),$(ARGS),--readme README.md --json out/bench-peers.json)

# lint runs go vet as well, which is one of the linter's own.
lint:
	$(GO) run $(LINT) run ./...

clean:
	rm -rf bin out
