# The few words a user needs; developers use nox (see CONTRIBUTING.md).
PYTHON ?= python3

.venv/.installed: requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --require-hashes --requirement requirements/dev.txt
	.venv/bin/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@
