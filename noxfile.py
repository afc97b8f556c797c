"""The one entrance for developers: `.venv/bin/nox` runs the quick sessions, `nox --list` shows all.

Sessions use the tools of the environment that nox runs in (`.venv`, made by `make setup`); none makes one of
its own. Arguments after `--` go to the program of the session: `nox -s tests -- -k lease`.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nox

nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "imports", "tests"]

ROOT = Path(__file__).parent
BIN = Path(sys.executable).parent
TOOLS = ROOT / ".tools" / "bin"
REPORTS = ROOT / ".nox" / "reports"
TIERS = {"tests": "not integration and not cluster", "integration": "integration", "cluster": "cluster"}
ENOUGH = max(3, os.cpu_count() or 1)
"""Workers for tests that wait for pods and clouds as much as they compute."""
WORKERS = {
    "tests": ("--numprocesses=auto",),
    # tests/conftest.py begins with what takes longest; xdist would begin with the modules of most tests.
    "integration": (f"--numprocesses={ENOUGH}", "--no-loadscope-reorder"),
    "cluster": (f"--numprocesses={ENOUGH}",),
}
"""How many take tests, those of a file together."""
NIGHTLY = "DEPLOYER_NIGHTLY" in os.environ
"""By night there is time for what takes long, such as coverage: Python takes more than twice as long then."""
COVERED, COVERED_BY_UNITS = 95, 89
"""Percent of the program's branches and lines that all tiers together must run, and the unit tests alone."""

os.environ["PATH"] = os.pathsep.join([str(BIN), str(TOOLS), os.environ.get("PATH", os.defpath)])


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format."""
    session.run("ruff", "check", *(session.posargs or ["."]))
    session.run("ruff", "format", "--check", *(session.posargs or ["."]))


@nox.session
def types(session: nox.Session) -> None:
    """Check types."""
    session.run("mypy", *session.posargs)


@nox.session
def imports(session: nox.Session) -> None:
    """Check that imports point down."""
    session.run("lint-imports", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the unit tests: no program, no socket."""
    _pytest(session, "tests")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation into site/; `-- serve` shows it while you write."""
    session.env["NO_MKDOCS_2_WARNING"] = "1"
    if session.posargs == ["serve"]:
        session.run("mkdocs", "serve")
    else:
        # Not --quiet: that hides the warnings from --strict too.
        session.run("mkdocs", "build", "--strict", *session.posargs)


@nox.session
def setup(session: nox.Session) -> None:
    """Get the Debian packages and pinned programs that the tiers with real programs use."""
    session.run(str(ROOT / "tools" / "setup"), "all")


@nox.session
def integration(session: nox.Session) -> None:
    """Run the tests with real programs, without a cluster."""
    if not shutil.which("helm"):
        session.skip("no helm here: run `make tools`")
    _pytest(session, "integration")


@nox.session
def cluster(session: nox.Session) -> None:
    """Run the tests that need the local Kubernetes; bring it up, and down again if it was not up before."""
    if obstacle := _no_cluster():
        session.skip(obstacle)
    was_up = _answers("deployer", "local", "status")
    try:
        session.run("deployer", "local", "up")
        _pytest(session, "cluster")
    finally:
        if not was_up or os.environ.get("CI"):
            session.run("deployer", "local", "down")


@nox.session
def coverage(session: nox.Session) -> None:
    """Add up what the tiers covered: by day the unit tests, which must reach a bound of their own."""
    ran = [tier for tier in TIERS if any(_data(tier).parent.glob("coverage.*"))]
    if not ran:
        session.skip("no tier ran with coverage: run `nox -s tests coverage`")
    session.env["COVERAGE_FILE"] = str(REPORTS / "coverage")
    session.run("coverage", "combine", "--quiet", "--keep", *(str(_data(tier).parent) for tier in ran))
    missing = [tier for tier in TIERS if tier not in ran]
    if missing:
        session.log(f"coverage lacks {' and '.join(missing)}, which `DEPLOYER_NIGHTLY=1` measures")
    bound = COVERED if not missing else COVERED_BY_UNITS if "tests" in ran else 0
    session.run("coverage", "report", f"--fail-under={bound}")


@nox.session
def fuzz(session: nox.Session) -> None:
    """Spoil files at random, in rounds, for 10 minutes; `-- 60` takes that many seconds.

    Each round begins by saying its seed; `pytest tests/fleet/test_fuzz.py --hypothesis-seed=N` repeats it.
    """
    ends = time.monotonic() + float(session.posargs[0] if session.posargs else 600)
    while time.monotonic() < ends:
        seed = random.randrange(2**32)  # noqa: S311 - no secret
        argv = ["pytest", "-q", "tests/fleet/test_fuzz.py", f"--hypothesis-seed={seed}"]
        # Without CI: there, Hypothesis would do the same in each round.
        session.run(*argv, env={"FUZZ_EXAMPLES": "2000", "CI": None})


@nox.session
def bench(session: nox.Session) -> None:
    """Measure the promised figures on this machine; fails when one is not met."""
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session
def fleet(session: nox.Session) -> None:
    """Load, check and render the fleet of `DEPLOYER_FLEET` as it is; tell each key without effect."""
    obstacle = _no_fleet()
    if obstacle:
        session.skip(obstacle)
    session.run("python", str(ROOT / "tools" / "fleet"), os.environ["DEPLOYER_FLEET"])


@nox.session
def scan(session: nox.Session) -> None:
    """Look for what is unsafe in the Terraform modules and in what hubs are deployed with."""
    if not (ROOT / ".tools/checkov/bin/checkov").exists():
        session.skip("not here: .tools/checkov: run `make tools-all`")
    session.run("python", str(ROOT / "tools" / "scan"), *session.posargs)


@nox.session
def lock(session: nox.Session) -> None:
    """Lock the dependencies anew, as far as they still fit; `-- --upgrade` takes the newest."""
    compile_ = ["uv", "pip", "compile", "--quiet", "--python-version=3.11", "--generate-hashes"]
    compile_ += ["--no-emit-index-url", "--no-header", *session.posargs]
    session.run(*compile_, "pyproject.toml", "--output-file=requirements/main.txt")
    session.run(*compile_, "pyproject.toml", "requirements/dev.in", "--output-file=requirements/dev.txt")
    for name in ("checkov", "moto"):
        session.run(*compile_, f"requirements/{name}.in", f"--output-file=requirements/{name}.txt")
    # An environment of its own: ngshare is older than what we test hubs with.
    override = "--override=requirements/grading-overrides.txt"
    session.run(*compile_, override, "requirements/grading.in", "--output-file=requirements/grading.txt")


def _pytest(session: nox.Session, tier: str) -> None:
    """Run one tier of the tests; measure coverage of the unit tests, by night of all and what they start."""
    shutil.rmtree(_data(tier).parent, ignore_errors=True)
    _data(tier).parent.mkdir(parents=True)
    measured = ["coverage", "run", "-m"] if NIGHTLY or tier == "tests" else []
    pytest = ["pytest", "-m", TIERS[tier], f"--junit-xml={REPORTS / tier}.xml"]
    argv = [*measured, *pytest, "--dist=loadfile", *WORKERS[tier], *session.posargs]
    session.run(*argv, env={"COVERAGE_FILE": str(_data(tier))})


def _data(tier: str) -> Path:
    return REPORTS / tier / "coverage"


def _no_fleet() -> str | None:
    """Return in a line why no fleet can be looked at here, or None."""
    for name, what in (("DEPLOYER_FLEET", "fleet"), ("DEPLOYER_CHART_MIRROR", "charts")):
        directory = os.environ.get(name)
        if not directory:
            return f"{name} names no {what}"
        if not Path(directory).is_dir():
            return f"{name} is no directory: {directory}"
    return None if shutil.which("helm") else "no helm here: run `make tools`"


def _no_cluster() -> str | None:
    """Return in a line why no local Kubernetes can be made here, or None."""
    from deployer.errors import DeployerError
    from deployer.operations.local.cluster import choose
    from deployer.session import Session, directories

    cache, state = directories(os.environ)
    try:
        choose(Session(environ=os.environ, cache=cache, state=state, tools=(TOOLS,)), None)
    except DeployerError as error:
        first, *reasons = error.message.splitlines()
        return f"{first}: {'; '.join(reason.strip() for reason in reasons)}"
    return None


def _answers(*argv: str) -> bool:
    """Tell whether a program is there and ends well."""
    try:
        return subprocess.run(argv, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
