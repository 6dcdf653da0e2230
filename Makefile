# Everything runs from .venv, made from requirements.lock; `make demo` in a fresh clone is enough.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

.PHONY: demo test bench docs lock

demo: $(READY)
	$(BIN)/engagekit demo

test: $(READY)
	$(BIN)/nox

bench: $(READY)
	$(BIN)/python -m benchmarks

docs: $(READY)
	$(BIN)/nox --session docs

lock: $(READY)
	$(BIN)/uv pip compile pyproject.toml --all-extras --group dev --universal --upgrade \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate --no-emit-package engagekit \
	  --quiet --output-file requirements.lock

# The first uv is the locked one, hash and all; it then makes the rest exactly the lock.
$(READY): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	test -x $(BIN)/uv || { \
	  sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.lock \
	  && $(BIN)/python -m pip install --quiet --require-hashes --requirement .venv/uv.lock; }
	VIRTUAL_ENV=.venv $(BIN)/uv pip sync --quiet --require-hashes requirements.lock
	VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@
