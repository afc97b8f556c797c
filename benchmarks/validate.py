"""How fast `deployer validate` is, on generated fleets, and on the real one that `DEPLOYER_FLEET` names."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, in_turn, timed
from benchmarks.fleet import DEPLOYER
from benchmarks.generated import HUBS_PER_CLUSTER
from benchmarks.validation import PARTLY, WORKERS, Place, Run

if TYPE_CHECKING:
    from collections.abc import Callable

OBJECTS_UNSEEN = (*PARTLY, "objects-unseen")
SCHEMAS_ONLY = (*PARTLY, "schemas-only")
VALUES_ONLY = ("--no-render", "--no-cache", "--jobs", "1")


def validate_figures() -> list[Figure]:
    """Validation is quick, grows with the fleet, costs little more than Helm, and repeats nothing."""
    with tempfile.TemporaryDirectory(prefix="deployer-bench-") as name:
        place = Place(directory=Path(name))
        return [
            _machine(),
            *_files(place),
            *_rendering(place),
            *_repeated(place),
            _memory(place),
            *_real(place),
            _machine(),
        ]


def _machine() -> Figure:
    """Tell how fast Python is here, at the beginning and at the end: shared machines change by the hour."""
    seconds = statistics.median(timed(lambda: sum(number for number in range(10**7))) for _ in range(3))
    return Figure(
        name="to compare: Python adds 10 million numbers",
        ours=seconds,
        theirs=None,
        result=f"{seconds:.2f} s",
        promise="-",
        kept=True,
    )


def _files(place: Place) -> list[Figure]:
    small = _median(lambda number: _sound(place, 500, f"small-{number}", *VALUES_ONLY).seconds, rounds=5)
    schemas = _median(
        lambda number: _sound(place, 500, f"schemas-{number}", *VALUES_ONLY, program=SCHEMAS_ONLY).seconds,
        rounds=5,
    )
    large = _median(lambda number: _sound(place, 1000, f"large-{number}", *VALUES_ONLY).seconds, rounds=3)
    return [
        Figure(
            name="load, schemas and rules, 500 hubs, cold",
            ours=small,
            theirs=None,
            result=f"{small:.2f} s ({small / 500 * 1000:.1f} ms a hub)",
            promise="at most 3 s",
            kept=small <= 3,
        ),
        Figure(
            name="of which load, rules between files, schemas",
            ours=schemas,
            theirs=None,
            result=f"{schemas / 500 * 1000:.1f} ms a hub",
            promise="about 2.6 ms a hub, 3 at most",
            kept=schemas <= 500 * 0.003,
        ),
        Figure(
            name="all of that for 1,000 hubs / for 500",
            ours=large,
            theirs=small,
            result=f"{large / small:.2f} x",
            promise="at most 2.2 x",
            kept=large <= 2.2 * small,
        ),
    ]


def _rendering(place: Place) -> list[Figure]:
    """Everything but the checks of objects against bare Helm, and everything against that."""
    hubs = 150
    arguments = place.prepare_bare(place.fleet(hubs))
    _sound(place, hubs, "warm", "--no-render")  # puts the charts together, once for all

    def unseen(_number: int) -> float:
        return _told(
            "without the objects", _sound(place, hubs, "warm", "--no-cache", program=OBJECTS_UNSEEN).seconds
        )

    def whole(_number: int) -> float:
        return _told("with them", _sound(place, hubs, "warm", "--no-cache").seconds)

    def bare(_number: int) -> float:
        return _told("bare helm", timed(lambda: place.bare(arguments)))

    without, with_, theirs = in_turn([unseen, whole, bare], rounds=3)
    return [
        Figure(
            name=f"render {hubs} hubs / helm template under xargs -P {WORKERS}",
            ours=without,
            theirs=theirs,
            result=f"{without / theirs:.2f} x",
            promise="at most 1.25 x",
            kept=without <= 1.25 * theirs,
        ),
        Figure(
            name="the same with checks of objects / without",
            ours=with_,
            theirs=without,
            result=f"{with_ / without:.2f} x",
            promise="at most 1.5 x",
            kept=with_ <= 1.5 * without,
        ),
    ]


def _repeated(place: Place) -> list[Figure]:
    hubs = 150
    first = _sound(place, hubs, "repeated")
    assert first.renders == hubs, first.renders
    again = [_sound(place, hubs, "repeated") for _ in range(5)]
    shared = place.fleet(hubs) / "config/clusters/cluster-000/common.values.yaml"
    text = shared.read_text(encoding="utf-8")
    edited = []
    for number in range(5):
        shared.write_text(text.replace("defaultUrl: /lab", f"defaultUrl: /lab/{number}"), encoding="utf-8")
        edited.append(_sound(place, hubs, "repeated"))
    unchanged = statistics.median(run.seconds for run in again)
    after = statistics.median(run.seconds for run in edited)
    asked, reached = ([run.renders for run in runs] for runs in (again, edited))
    return [
        Figure(
            name=f"nothing changed, {hubs} hubs",
            ours=unchanged,
            theirs=None,
            result=f"{unchanged:.2f} s, {max(asked)} rendered",
            promise="at most 1 s, none",
            kept=unchanged <= 1 and not any(asked),
        ),
        Figure(
            name=f"one file of {HUBS_PER_CLUSTER} hubs edited, of {hubs}",
            ours=after,
            theirs=None,
            result=f"{after:.2f} s, {max(reached)} rendered",
            promise=f"at most 1.5 s, {HUBS_PER_CLUSTER}",
            kept=after <= 1.5 and set(reached) == {HUBS_PER_CLUSTER},
        ),
    ]


def _memory(place: Place) -> Figure:
    """Helm is left out of it: 2,000 renders take minutes, and its memory is its own."""
    root = place.fleet(150)
    argv = [str(DEPLOYER), "--root", str(root), "render", "cluster-000"]
    hub = next((root / "config/clusters/cluster-000").glob("enc-*")).name.split(".")[0].removeprefix("enc-")
    objects = subprocess.run([*argv, hub], capture_output=True, text=True, check=True).stdout
    run = place.with_instant_helm(objects).validate(place.fleet(2000), "memory")
    assert run.renders == 2000, run.said[-2000:]
    return Figure(
        name="memory for 2,000 hubs",
        ours=run.seconds,
        theirs=None,
        result=f"{run.megabytes:.0f} MB",
        promise="at most 500 MB",
        kept=run.megabytes <= 500,
    )


def _real(place: Place) -> list[Figure]:
    given = os.environ.get("DEPLOYER_FLEET")
    if not given:
        return []
    cold = _median(
        lambda number: place.validate(Path(given), f"real-{number}", *VALUES_ONLY).seconds, rounds=5
    )
    place.validate(Path(given), "real")
    again = _median(lambda _number: place.validate(Path(given), "real").seconds, rounds=5)
    return [
        Figure(
            name=name,
            ours=seconds,
            theirs=None,
            result=f"{seconds:.2f} s",
            promise=f"at most {promise} s",
            kept=seconds <= promise,
        )
        for name, seconds, promise in (
            ("the real fleet: load, schemas and rules, cold", cold, 3),
            ("the real fleet: nothing changed", again, 1),
        )
    ]


def _sound(place: Place, hubs: int, cache: str, *options: str, program: tuple[str, ...] = ()) -> Run:
    """Validate a generated fleet, in which nothing may be wrong: else it is not what is to be measured."""
    more = {"program": program} if program else {}
    run = place.validate(place.fleet(hubs), cache, *options, **more)
    if run.status:
        raise SystemExit(f"the generated fleet of {hubs} hubs is not as it should be:\n{run.said[-3000:]}")
    return run


def _median(way: Callable[[int], float], *, rounds: int) -> float:
    return statistics.median(way(number) for number in range(rounds))


def _told(way: str, seconds: float) -> float:
    print(f"  {way}: {seconds:.2f} s", file=sys.stderr, flush=True)
    return seconds
