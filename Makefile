# Bare make, and make help, list what there is.
VENV = .venv
PYTHON =
PEERS = .venv-peers
PEERS_PYTHON = $(python)
python = $(VENV)/bin/python

# What was set up with another interpreter than the one now asked for is set up anew;
# one that cannot be used is refused, and what is set up stays.
WHICH = import sys; print(sys.version, sys.base_prefix)
ifneq ($(PYTHON),)
found := $(shell sh .ci/find-python $(PYTHON))
$(if $(found),,$(error PYTHON=$(PYTHON) cannot be used))
$(shell [ "$$($(python) -c '$(WHICH)' 2>&1)" = "$$($(found) -c '$(WHICH)' 2>&1)" ] \
	|| rm -f $(VENV)/ready)
endif

.PHONY: help lecture notebook test test-slow matrix mxnet-tests bench bench-docs docs \
	requirements clean

help:
	@echo "make lecture       install into $(VENV) on first use, then all of the lecture"
	@echo "make test          the tests; make test-slow: those that take minutes"
	@echo "make matrix        the tests on every Python from 3.8 to 3.12 found here"
	@echo "make bench         ours against the others (BENCH=--quick: under a minute)"
	@echo "make notebook      open docs/notebooks in a browser (installs JupyterLab first)"
	@echo "make docs          run again every command whose output README and docs show"
	@echo "make mxnet-tests   MXNet's own unit tests through the door (SOURCE=its checkout)"
	@echo "make requirements  pin the packages anew; make clean: remove what was made"
	@echo "PYTHON=python3.10  the interpreter to set up with; VENV=DIR: where"

lecture: $(VENV)/ready
	@mkdir -p out
	$(python) scripts/train_scratch.py --plot out/train_scratch.png
	$(python) scripts/train_gluon.py --plot out/train_gluon.png
	$(python) scripts/compare_lecture.py --html out/lecture.html
	@echo "The plots: out/train_scratch.png, out/train_gluon.png; the page: out/lecture.html"

test: $(VENV)/ready
	OMP_NUM_THREADS=1 $(python) -m pytest -q -n 2 --dist loadfile -m "not slow"

# Repetitions that take minutes: kills, large files (LINREG_GLUON_LARGE=1: 2 GB too).
test-slow: $(VENV)/ready
	$(python) -m pytest -q -m slow

matrix:
	@sh .ci/matrix

# Ours against the others, which live in an environment of their own (they want another
# NumPy, and Python 3.11 or newer: PEERS_PYTHON=...). BENCH=--quick: under a minute.
bench: $(VENV)/ready $(PEERS)/ready
	$(python) scripts/benchmark.py --peers $(PEERS)/bin/python $(BENCH)

# The same, kept: the tables in README and docs are written from it.
bench-docs: $(VENV)/ready $(PEERS)/ready
	$(python) scripts/benchmark.py --peers $(PEERS)/bin/python \
	--json docs/benchmark.json --plot docs/benchmark.png
	$(python) scripts/scaling.py --json docs/scaling.json --plot docs/scaling.png
	$(python) docs/refresh.py

$(PEERS)/ready: scripts/peers/requirements.txt
	$(PEERS_PYTHON) -m venv --clear $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

# MXNet's own unit tests, from a checkout of its tag 1.9.1, through the door: an hour.
# FILES="test_loss.py ...": only those. Exit 1 where one falls below the reference.
mxnet-tests: $(VENV)/ready
	@[ -n "$(SOURCE)" ] || { echo "type  make mxnet-tests SOURCE=DIR  with a checkout of MXNet 1.9.1" >&2; exit 2; }
	nice $(python) tests/legacy/mxnet_tests.py "$(SOURCE)" $(FILES) --json out/mxnet_tests.json

# Rerun every command whose output the docs show, and draw the figures again.
docs: $(VENV)/ready
	$(python) docs/refresh.py
	$(python) docs/notebooks.py

notebook: $(VENV)/notebook
	$(python) -m jupyterlab docs/notebooks

# What was pinned stays as it is.
$(VENV)/notebook: $(VENV)/ready
	@echo "Installing JupyterLab into $(VENV): a minute"
	@sed '$$d' requirements.txt > $(VENV)/pins.txt
	$(python) .ci/install -c $(VENV)/pins.txt -e ".[notebook]"
	@touch $@

# The stamp is written last: an interrupted set-up starts afresh. Old pips cannot
# install an editable package that has no setup.py.
$(VENV)/ready: requirements.txt setup.cfg pyproject.toml
	@python=$$(sh .ci/find-python $(PYTHON)) || exit 1; \
	echo "Setting up $(VENV) with $$("$$python" --version): half a minute to two" && \
	"$$python" -m venv --clear $(VENV) && \
	$(python) -m pip install --quiet --disable-pip-version-check "pip>=22" && \
	$(python) .ci/install -r requirements.txt
	@touch $@

# Pin what is installed, for every Python at once, from the ranges in setup.cfg.
requirements: $(VENV)/ready
	$(python) -m pip install --quiet uv
	(sed '/^[^#]/,$$d' requirements.txt; \
	$(python) -m uv pip compile --quiet --universal --python-version 3.8 --no-header \
	--no-annotate --extra plot --extra test setup.cfg; echo "-e .") > requirements.new
	mv requirements.new requirements.txt

clean:
	rm -rf .venv .venv-* out build *.egg-info .pytest_cache .hypothesis
