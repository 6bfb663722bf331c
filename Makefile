# make run    the site with its demo on http://127.0.0.1:8000 (PORT=8080 chooses another port)
# make calls  five more calls of just now, while the demo runs (CALLS=20, PORT=8080 as it runs)
# make test   every check there is: house rules, SQLite, PostgreSQL, JavaScript, Chromium
# make trust  the promises at their full size: 100,000 forgeries, 500 kills, 20,000 faults, all orders (hours); it goes
#             on where it stopped (PIECES=forgery repeats one, PIECES=all everything) and writes tests/TRUST.md
# make bench  the figures of tests/bench, each beside its floor in the same run
# make lock   compile the requirements with hashes again (make lock UPGRADE=--upgrade: newest versions)

PYTHON ?= python3
PORT ?= 8000
CALLS ?= 5
# One more than there are processors: tests that start processes, or drive Chromium, wait half of their time.
TEST_PROCESSES ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')
UV_VERSION = 0.13.9
VENV = .venv
IN_VENV = $(VENV)/bin/python
RUNTIME = $(VENV)/.runtime-installed
TESTS = $(VENV)/.tests-installed
# Behind a proxy that signs with a company's certificates, only the system's own certificates help; else uv's do.
INSTALL = install() { $(VENV)/bin/uv pip install --quiet --python $(IN_VENV) --require-hashes "$$@"; }; \
	install_from() { install -r "$$1" 2>/dev/null || install --system-certs -r "$$1"; }; install_from
COMPILE = $(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 $(UPGRADE)

.PHONY: run calls test trust bench lock
.SILENT:

run: $(RUNTIME)
	DEMO="$${DEMO-1}" PUBLIC_URL="$${PUBLIC_URL-http://127.0.0.1:$(PORT)}" LOG_LEVEL="$${LOG_LEVEL-WARNING}" \
		$(IN_VENV) manage.py serve --port $(PORT)

calls: $(RUNTIME)
	DEMO="$${DEMO-1}" PUBLIC_URL="$${PUBLIC_URL-http://127.0.0.1:$(PORT)}" LOG_LEVEL="$${LOG_LEVEL-WARNING}" \
		$(IN_VENV) manage.py demo --more $(CALLS)

# PostgreSQL first, with what uses the database; then everything, so that the last line tells of everything.
test: $(TESTS)
	$(IN_VENV) -m tests.postgres $(IN_VENV) -m pytest --dist=worksteal --numprocesses=$(TEST_PROCESSES) -m "database and not browser and not processes"
	$(IN_VENV) -m pytest --dist=worksteal --numprocesses=$(TEST_PROCESSES)

trust: $(TESTS)
	NODE_EXTRA_CA_CERTS="$${NODE_EXTRA_CA_CERTS-/etc/ssl/certs/ca-certificates.crt}" npm ci --prefix tests/observatory --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	$(IN_VENV) -m tests.trust $(PIECES)

bench: $(TESTS)
	$(IN_VENV) -m tests.bench

lock: $(VENV)/bin/uv
	$(COMPILE) --custom-compile-command "make lock" --output-file requirements.txt pyproject.toml
	$(COMPILE) --custom-compile-command "make lock" --output-file tests/requirements.txt \
		--constraint requirements.txt tests/requirements.in

$(VENV)/bin/uv:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; '$(PYTHON)' is not. Name another one: make PYTHON=python3.11 ..." >&2; exit 1; }
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	test -x $(IN_VENV) || { echo "Making the virtual environment $(VENV)"; $(PYTHON) -m venv $(VENV); }
	$(IN_VENV) -m pip install -qq --disable-pip-version-check uv==$(UV_VERSION)

$(RUNTIME): requirements.txt | $(VENV)/bin/uv
	echo "Installing the requirements"
	$(INSTALL) requirements.txt
	touch $@

$(TESTS): $(RUNTIME) tests/requirements.txt tests/package-lock.json tests/install-system-packages
	tests/install-system-packages
	echo "Installing the tests' requirements"
	$(INSTALL) tests/requirements.txt
	NODE_EXTRA_CA_CERTS="$${NODE_EXTRA_CA_CERTS-/etc/ssl/certs/ca-certificates.crt}" npm ci --prefix tests --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	touch $@
