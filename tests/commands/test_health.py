"""What `deployer health` prints where, and the exit code it gives."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from click.testing import CliRunner

from deployer import fleet
from deployer.commands.app import App
from deployer.commands.health import health
from deployer.fleet.documents import Document
from deployer.fleet.model import Cluster, Fleet, Hub, Local
from deployer.operations import access
from deployer.operations.diagnosis import Diagnosis, Trouble
from deployer.operations.health import check as operation
from deployer.operations.health.check import Result
from deployer.operations.health.journey import Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from click.testing import Result as Printed

DOCUMENT = Document(path=Path("cluster.yaml"), name="cluster.yaml", data={}, marks={})
GOOD = Result(
    hub="demo",
    ok=True,
    steps=(Step(name="start server", seconds=12.3, ok=True), Step(name="run cells", seconds=0.4, ok=True)),
    url="https://demo.example.org",
)
BAD = Result(
    hub="research",
    ok=False,
    steps=(Step(name="start server", seconds=65.0, ok=False),),
    url="https://research.example.org",
    error="the server did not start",
    hint="look closer",
    diagnosis=Diagnosis(
        trouble=Trouble(about="pod jupyter-x", reason="ErrImagePull", message="m"),
        events=("Failed: m",),
        log=(),
        cause="the image does not exist",
        next_command="deployer logs local research hub",
    ),
)


class Asked(list[Any]):
    """What the operation was called with."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    asked = Asked()
    results = {"demo": GOOD, "research": BAD}

    def check_all(
        _session: object, _connection: object, _cluster: Cluster, hubs: Sequence[Hub], *, jobs: int
    ) -> tuple[Result, ...]:
        asked.extend([jobs, *((hub.name, hub.health.timeout) for hub in hubs)])
        return tuple(results[hub.name] for hub in hubs)

    @contextmanager
    def connected(_session: object, _cluster: object) -> Iterator[None]:
        yield

    monkeypatch.setattr(operation, "check_all", check_all)
    monkeypatch.setattr(access, "connected", connected)
    monkeypatch.setattr(App, "fleet", lambda _app, _cluster, _hubs: a_fleet())
    return asked


def a_fleet() -> Fleet:
    hubs = tuple(
        Hub(
            name=name,
            display_name=name,
            domain=f"{name}.example.org",
            chart="basehub",
            values_files=(),
            document=DOCUMENT,
        )
        for name in ("demo", "research")
    )
    cluster = Cluster(
        name="local",
        provider=Local(),
        directory=Path("local"),
        hubs=hubs,
        kubernetes_version="1.34",
        document=DOCUMENT,
    )
    return Fleet(root=Path(), clusters=(cluster,))


def run(*argv: str) -> Printed:
    return CliRunner().invoke(
        health, ["local", *argv], obj=App(environ={}), standalone_mode=False, catch_exceptions=False
    )


def test_all_hubs_are_checked_and_the_failing_one_makes_the_exit_code(asked: Asked) -> None:
    done = run()
    assert done.return_value == 1
    assert asked == [8, ("demo", 600), ("research", 600)]
    assert done.stdout == (
        "demo                    healthy        13 s  https://demo.example.org\n"
        "  start server          ok             12 s\n"
        "  run cells             ok            0.4 s\n"
        "research                failed   1 min 05 s  https://research.example.org\n"
        "  start server          failed   1 min 05 s\n"
    )
    assert done.stderr == (
        "research: the server did not start\n"
        "  pod jupyter-x: ErrImagePull: m\n"
        "  likely cause: the image does not exist\n"
        "  events:\n"
        "    Failed: m\n"
        "  next: deployer logs local research hub\n"
        "hint: look closer\n"
    )


def test_named_hubs_only_with_a_timeout_and_a_number_of_jobs(asked: Asked) -> None:
    done = run("demo", "--timeout", "5", "--jobs", "2")
    assert (done.return_value, asked) == (0, [2, ("demo", 5)])


def test_json_holds_every_step_and_the_diagnosis(asked: Asked) -> None:
    done = run("--output", "json")
    assert done.return_value == 1
    report = json.loads(done.stdout)
    schema = Path(fleet.__file__).parent / "schemas/health.schema.json"
    jsonschema.validate(report, json.loads(schema.read_text()))
    assert report == json.loads(json.dumps({"cluster": "local", "hubs": [GOOD.summary(), BAD.summary()]}))
    assert report["hubs"][1]["diagnosis"][1] == "likely cause: the image does not exist"
    assert report["hubs"][0]["steps"][0] == {"name": "start server", "seconds": 12.3, "ok": True}
