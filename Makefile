# The few words a user needs; developers use nox (see CONTRIBUTING.md).
PYTHON ?= python3

.PHONY: help demo test setup tools tools-all providers lock

help:
	@echo 'make demo       set up, start a local Kubernetes, deploy the hub `demo` on it, check it'
	@echo 'make test       set up, run every test tier that this machine can run'
	@echo 'make setup      get .venv, the system packages and the pinned programs'
	@echo 'make tools      build the pinned programs (helm, kubernetes, coredns) into .tools/bin'
	@echo 'make tools-all  also what only tests use (sops, OpenTofu, a local AWS)'
	@echo 'make providers  build the Terraform providers of clouds out of reach, for tests (a quarter of an hour, 4 GiB)'
	@echo 'make lock       lock the dependencies anew'

demo: .venv/.installed
	@.venv/bin/python tools/demo

test: .venv/.installed
	@.venv/bin/python tools/test

setup: .venv/.installed
	@tools/setup

tools:
	@tools/build

tools-all: .venv/.installed
	@tools/build all
	@tools/environment moto
	@tools/environment checkov

providers:
	@tools/build providers

lock: .venv/.installed
	.venv/bin/nox -s lock

.venv/.installed: requirements/dev.txt pyproject.toml tools/venv
	@tools/venv $(PYTHON)
	@touch $@
