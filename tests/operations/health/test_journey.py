"""The check user's way: what it does in which order, what it compares, and that it leaves nothing behind."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from deployer.errors import DeployerError, Interrupted
from deployer.fleet.model import HealthCheck
from deployer.interruption import Interruption
from deployer.operations.health import journey, patience
from deployer.operations.health.cells import cells, run
from deployer.operations.health.journey import Traveller, user_options
from deployer.operations.health.patience import JourneyFailed
from deployer.tools.jupyterhub import Refused, Server, SpawnEvent
from deployer.tools.kernels import Output, Unanswered
from tests.operations.fake_api import FakeApi
from tests.operations.fake_hub import FakeHub, FakeKernel, HubState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

USER = "deployer-health-check"
CLAIMS = "/api/v1/namespaces/demo/persistentvolumeclaims"
STEPS = [
    "create user",
    "start server",
    "start kernel",
    "run cells",
    "stop server",
    "remove user and home",
]


@dataclass
class Heard:
    """A Progress that remembers."""

    events: list[str] = field(default_factory=list)

    def started(self, subject: str, step: str) -> None:
        self.events.append(f"{subject}: {step}")

    def noted(self, subject: str, text: str) -> None:
        self.events.append(f"{subject}: note: {text}")

    def finished(self, subject: str, step: str, seconds: float, *, ok: bool) -> None:
        self.events.append(f"{subject}: {step}: {'ok' if ok else 'failed'}")


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Poll without pauses, and let cells run here have a home of their own."""
    monkeypatch.setattr(patience, "_POLL", 0.001)
    monkeypatch.setenv("HOME", str(tmp_path))
    yield
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def state() -> HubState:
    return HubState()


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


@pytest.fixture
def traveller(state: HubState, api: FakeApi) -> Traveller:
    return Traveller(
        hub=FakeHub(url="http://hub/", token="secret", state=state),
        api=api.api,
        namespace="demo",
        check=HealthCheck(),
        progress=Heard(),
        interruption=Interruption(),
        on_wait=lambda: None,
    )


def heard(traveller: Traveller) -> list[str]:
    assert isinstance(traveller.progress, Heard)
    return traveller.progress.events


def test_the_whole_way_is_walked_in_order_and_leaves_nobody(state: HubState, traveller: Traveller) -> None:
    traveller.travel()
    assert [(step.name, step.ok) for step in traveller.steps] == [(name, True) for name in STEPS]
    assert state.calls == [
        "create user",
        "start server",
        "progress",
        "start kernel",
        "end kernel",
        "stop server",
        "delete user",
    ]
    assert state.users == {}


def test_each_step_is_told_as_it_starts_and_ends(traveller: Traveller) -> None:
    traveller.travel()
    assert heard(traveller)[:4] == [
        "demo: create user",
        "demo: create user: ok",
        "demo: start server",
        "demo: start server: ok",
    ]


def test_other_users_of_the_hub_are_left_alone(state: HubState, traveller: Traveller) -> None:
    alice = Server(pending=None, ready=True, path="/user/alice/")
    state.users["alice"] = alice
    traveller.travel()
    assert state.users == {"alice": alice}


@pytest.mark.parametrize("server", [None, Server(pending=None, ready=True, path="/user/x/")])
def test_what_a_killed_check_left_is_removed_first(
    state: HubState, traveller: Traveller, server: Server | None
) -> None:
    state.users[USER] = server
    traveller.travel()
    note = f"demo: note: user {USER} is left over from a check that was killed; removing it first"
    assert note in heard(traveller)
    assert state.users == {}


def test_a_server_that_takes_a_while_to_stop_is_waited_for(state: HubState, traveller: Traveller) -> None:
    state.stopping = 3
    traveller.travel()
    assert state.users == {}


def test_a_failed_spawn_fails_with_the_hubs_words(state: HubState, traveller: Traveller) -> None:
    state.starts = False
    state.events = [SpawnEvent(message="Spawn failed: no room", failed=True)]
    with pytest.raises(JourneyFailed, match=r"^the server did not start: Spawn failed: no room$"):
        traveller.travel()
    assert [step.name for step in traveller.steps if not step.ok] == ["start server"]


def test_a_spawn_that_ends_without_news_fails_too(state: HubState, traveller: Traveller) -> None:
    state.starts = False
    state.before["progress"] = lambda: state.users.update({USER: None})
    with pytest.raises(JourneyFailed, match="the hub does not say why"):
        traveller.travel()


def test_a_hub_without_news_of_a_server_that_is_ready_is_believed(
    state: HubState, traveller: Traveller
) -> None:
    ready = Server(pending=None, ready=True, path=f"/user/{USER}/")
    state.before["progress"] = lambda: state.users.update({USER: ready})
    state.faults["progress"] = Refused("is not starting...", status=400)
    traveller.travel()
    assert state.users == {}


def test_news_that_break_off_are_taken_up_again(state: HubState, traveller: Traveller) -> None:
    state.starts = False
    times = iter(range(2))

    def second_time_ready() -> None:
        state.starts = next(times) == 1

    state.before["progress"] = second_time_ready
    traveller.travel()
    assert state.calls.count("progress") == 2


def test_a_hub_that_is_busy_starting_servers_is_asked_again(state: HubState, traveller: Traveller) -> None:
    """At the start of a class that is no failure; a deploy must not be rolled back for it."""
    times = iter(range(3))

    def busy_twice() -> None:
        if next(times) < 2:
            state.faults["start server"] = Refused("too many servers are starting", status=429)

    state.before["start server"] = busy_twice
    traveller.travel()
    assert [event for event in heard(traveller) if "note" in event] == [
        "demo: note: waiting: too many servers are starting"
    ]


def test_news_that_break_off_are_asked_for_again(state: HubState, traveller: Traveller) -> None:
    state.faults["progress"] = Unanswered("no answer")
    traveller.travel()
    assert state.calls.count("progress") == 2


def test_a_hub_that_answers_no_longer_fails_the_step(state: HubState, traveller: Traveller) -> None:
    state.faults["stop server"] = Unanswered("no answer")
    with pytest.raises(Unanswered):
        traveller.travel()
    assert (traveller.steps[-1].name, traveller.steps[-1].ok) == ("stop server", False)


@pytest.mark.parametrize(("passing", "told"), [(0, ["demo: note: no room"]), (60, [])])
def test_warnings_of_a_slow_spawn_are_told_once(
    state: HubState, traveller: Traveller, monkeypatch: pytest.MonkeyPatch, passing: float, told: list[str]
) -> None:
    monkeypatch.setattr(journey, "_PASSING", passing)
    state.events = [
        SpawnEvent(message="10:00:01 [Warning] no room"),
        SpawnEvent(message="10:00:02 [Normal] pulled"),
        SpawnEvent(message="10:00:03 [Warning] no room"),
    ]
    traveller.travel()
    assert [event for event in heard(traveller) if "note" in event] == told


def test_a_server_that_does_not_start_in_time_fails(state: HubState, traveller: Traveller) -> None:
    state.starts = False
    with pytest.raises(JourneyFailed, match=r"^the server's start took longer than 0 s$"):
        replace(traveller, check=HealthCheck(timeout=0)).travel()


def test_what_looks_at_the_pod_can_end_the_wait(state: HubState, traveller: Traveller) -> None:
    def hopeless() -> None:
        raise JourneyFailed("hopeless")

    with pytest.raises(JourneyFailed, match="hopeless"):
        replace(traveller, on_wait=hopeless).travel()


def test_profile_and_image_reach_the_spawner_as_from_its_form(state: HubState, traveller: Traveller) -> None:
    replace(traveller, check=HealthCheck(profile="small", image="quay.io/a/b:c")).travel()
    assert state.options == {"profile": "small", "image--unlisted-choice": "quay.io/a/b:c"}


def test_without_profile_and_image_the_spawners_defaults_hold() -> None:
    assert user_options(HealthCheck()) == {}


@pytest.mark.parametrize(
    ("cell", "output", "message"),
    [
        (0, Output(result="43"), "unexpected output of the cell `6 * 7`: result '43'; expected result '42'"),
        (0, Output(stdout="42"), "unexpected output of the cell `6 * 7`: stdout '42'; expected result '42'"),
        (
            -1,
            Output(),
            (
                "unexpected output of the cell `1 / 0`: nothing; expected error 'ZeroDivisionError: "
                "division by zero'"
            ),
        ),
    ],
)
def test_an_output_that_differs_is_shown_beside_what_was_expected(
    cell: int, output: Output, message: str
) -> None:
    class Odd(FakeKernel):
        def run(self, code: str, *, waiting: object) -> Output:
            return output

    with pytest.raises(JourneyFailed) as caught:
        run(Odd(socket=None, user=USER, state=HubState()), cells("word")[cell], waiting=lambda: None)
    assert caught.value.message == message


def test_warnings_on_stderr_do_not_fail_a_cell() -> None:
    class Chatty(FakeKernel):
        def run(self, code: str, *, waiting: object) -> Output:
            return Output(stderr="DeprecationWarning", result="42")

    run(Chatty(socket=None, user=USER, state=HubState()), cells("word")[0], waiting=lambda: None)


def test_cells_keep_state_and_write_a_file_that_is_read_back() -> None:
    kernel = FakeKernel(socket=None, user=USER, state=HubState())
    for cell in cells("word"):
        run(kernel, cell, waiting=lambda: None)


def test_an_interruption_ends_the_way_at_once(state: HubState, traveller: Traveller) -> None:
    state.starts = False
    state.before["progress"] = traveller.interruption.request
    with pytest.raises(Interrupted):
        traveller.travel()


def test_tidying_gives_up_in_time_and_says_what_the_hub_says(
    state: HubState, traveller: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    state.users[USER] = None
    monkeypatch.setattr(journey, "_TIDY_TIMEOUT", 0.01)
    state.before["delete user"] = lambda: state.faults.update(
        {"delete user": Refused("the database is locked", status=500)}
    )
    with pytest.raises(DeployerError, match="the database is locked"):
        traveller.tidy()


def test_the_volume_claim_of_the_check_user_goes_and_those_of_others_stay(
    api: FakeApi, traveller: Traveller
) -> None:
    for name, user in (("claim-x", USER), ("claim-alice", "alice"), ("hub-db-dir", None)):
        annotations = {"hub.jupyter.org/username": user} if user else {}
        api.put(f"{CLAIMS}/{name}", {"metadata": {"annotations": annotations}})
    traveller.travel()
    assert api.calls == [f"delete {CLAIMS}/claim-x"]


def test_a_home_on_a_shared_volume_is_emptied_from_inside(
    state: HubState, api: FakeApi, traveller: Traveller, tmp_path: Path
) -> None:
    home = tmp_path
    (home / "left").mkdir()
    (home / "left/file").write_text("x")
    (home / ".hidden").write_text("x")
    api.put("/api/v1/namespaces/demo/pods/jupyter-check", user_pod(USER, str(home), f"home/{USER}"))
    traveller.travel()
    assert [step.name for step in traveller.steps if step.name not in STEPS] == ["empty home"]


def user_pod(user: str, directory: str, sub_path: str) -> dict[str, object]:
    mounts = [{"mountPath": directory, "subPath": sub_path}]
    return {
        "metadata": {
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "labels": {"hub.jupyter.org/username": user},
            "annotations": {"hub.jupyter.org/username": user},
        },
        "spec": {"containers": [{"name": "notebook", "volumeMounts": mounts}]},
    }
