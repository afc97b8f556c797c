"""A hub's check: its result, the diagnosis of a failure, and that the check user is gone however it ended."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from deployer.errors import DeployerError, Interrupted
from deployer.fleet.documents import Document
from deployer.fleet.model import Cluster, Hub, Local
from deployer.interruption import Interruption
from deployer.operations.access import Connection
from deployer.operations.deploy import lease
from deployer.operations.health import check as health
from deployer.operations.health import journey, patience, server_watch
from deployer.operations.health.check import check, check_all
from deployer.tools.jupyterhub import Refused, SpawnEvent
from deployer.tools.kernels import KernelDied
from tests.operations.fake_api import FakeApi
from tests.operations.fake_hub import FakeHub, HubState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.session import Session
    from deployer.tools.jupyterhub import HubApi

USER = "deployer-health-check"
DOCUMENT = Document(path=Path("cluster.yaml"), name="cluster.yaml", data={}, marks={})


def a_hub(name: str) -> Hub:
    return Hub(
        name=name,
        display_name=name,
        domain=f"{name}.example.org",
        chart="basehub",
        values_files=(),
        document=DOCUMENT,
    )


HUB = a_hub("demo")
CLUSTER = Cluster(
    name="local",
    provider=Local(),
    directory=Path("local"),
    hubs=(HUB,),
    kubernetes_version="1.34",
    document=DOCUMENT,
)


class Hubs(dict[str, HubState]):
    """The hubs of the cluster, by namespace."""


@pytest.fixture
def hubs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Hubs:
    """Hub `demo`, reached without a port-forward; polls do not pause, and cells have a home of their own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    hubs = Hubs(demo=HubState())

    @contextmanager
    def hub_api(_connection: Connection, namespace: str) -> Iterator[HubApi]:
        if namespace not in hubs:
            raise DeployerError(f"{namespace}: no way there")
        yield FakeHub(url="http://hub/", token="t", state=hubs[namespace])

    monkeypatch.setattr(health, "hub_api", hub_api)
    monkeypatch.setattr(patience, "_POLL", 0.001)
    monkeypatch.setattr(server_watch, "_LOOK_EVERY", 0)
    return hubs


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


@pytest.fixture
def connection(api: FakeApi) -> Connection:
    nothing = cast("Any", None)  # programs are for the port-forward, which is not there
    return Connection(api=api.api, kubeconfig=Path("kubeconfig"), env={}, programs=nothing)


def server_pod(fake: FakeApi, **status: Any) -> None:
    body = {
        "metadata": {
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "annotations": {"hub.jupyter.org/username": USER},
        },
        "spec": {"containers": [{"name": "notebook"}]},
        "status": status,
    }
    fake.put("/api/v1/namespaces/demo/pods/jupyter-check", body)


def hub_pod(fake: FakeApi) -> None:
    body = {
        "metadata": {"creationTimestamp": "2026-01-01T00:00:00Z", "labels": {"component": "hub"}},
        "spec": {"containers": [{"name": "hub"}]},
        "status": {},
    }
    fake.put("/api/v1/namespaces/demo/pods/hub-1", body)


def waiting(reason: str) -> dict[str, Any]:
    state = {"waiting": {"reason": reason, "message": "m"}}
    return {"containerStatuses": [{"name": "notebook", "restartCount": 0, "state": state}]}


def test_a_good_hub_gives_a_result_with_every_step(
    session: Session, connection: Connection, hubs: Hubs
) -> None:
    result = check(session, connection, CLUSTER, HUB)
    assert [step.name for step in result.steps] == [
        "reach hub",
        "create user",
        "start server",
        "start kernel",
        "run cells",
        "stop server",
        "remove user and home",
    ]
    assert result == replace(result, hub="demo", ok=True, url=None, error=None, hint=None, diagnosis=None)
    assert all(step.ok for step in result.steps)


def test_a_proxy_that_knows_no_hub_yet_is_asked_again(
    session: Session, connection: Connection, hubs: Hubs
) -> None:
    hubs["demo"].faults["version"] = Refused("service unavailable", status=503)
    assert check(session, connection, CLUSTER, HUB).ok


def test_the_result_tells_where_people_find_the_hub(
    session: Session, connection: Connection, hubs: Hubs, api: FakeApi
) -> None:
    port = {"port": 80, "targetPort": "http"}
    service = {"spec": {"selector": {"component": "proxy"}, "ports": [port]}}
    api.put("/api/v1/namespaces/demo/services/proxy-public", service)
    path = {"path": "/", "backend": {"service": {"name": "proxy-public"}}}
    rules = [{"host": "demo.example.org", "http": {"paths": [path]}}]
    ingress = {"spec": {"rules": rules, "tls": [{"hosts": ["demo.example.org"]}]}}
    api.put("/apis/networking.k8s.io/v1/namespaces/demo/ingresses/jupyterhub", ingress)
    assert check(session, connection, CLUSTER, HUB).url == "https://demo.example.org/"


def test_the_summary_is_plain_data(session: Session, connection: Connection, hubs: Hubs) -> None:
    hubs["demo"].faults["create user"] = Refused("no", status=403)
    summary = check(session, connection, CLUSTER, HUB).summary()
    steps = summary.pop("steps")
    assert [(step["name"], step["ok"]) for step in steps] == [
        ("reach hub", True),
        ("create user", False),
        ("clean up", True),
    ]
    assert summary.pop("seconds") == sum(step["seconds"] for step in steps)
    assert summary == {
        "hub": "demo",
        "ok": False,
        "url": None,
        "error": "no",
        "hint": None,
        "diagnosis": None,
    }


@pytest.mark.parametrize("call", ["start server", "progress", "start kernel", "stop server", "delete user"])
def test_whatever_fails_the_check_user_is_gone_afterwards(
    session: Session, connection: Connection, hubs: Hubs, call: str
) -> None:
    hubs["demo"].faults[call] = Refused("broken", status=500)
    result = check(session, connection, CLUSTER, HUB)
    # A refusal to delete is not the end: it is asked again.
    assert result.ok == (call == "delete user")
    assert hubs["demo"].users == {}


def test_a_removal_that_the_hub_refuses_is_told_and_not_tried_all_over_again(
    session: Session, connection: Connection, hubs: Hubs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journey, "_TIDY_TIMEOUT", 0.01)
    refusal = Refused("may not delete volume claims", status=500)
    hubs["demo"].before["delete user"] = lambda: hubs["demo"].faults.update({"delete user": refusal})
    result = check(session, connection, CLUSTER, HUB)
    assert result.error == "may not delete volume claims"
    assert [step.name for step in result.steps if not step.ok] == ["remove user and home"]
    assert result.steps[-1].name == "remove user and home"


@pytest.mark.parametrize("call", ["create user", "start server", "progress", "start kernel", "stop server"])
def test_an_interruption_at_any_time_removes_the_check_user(
    session: Session, connection: Connection, hubs: Hubs, call: str
) -> None:
    hubs["demo"].before[call] = session.interruption.request
    with pytest.raises(Interrupted):
        check(session, connection, CLUSTER, HUB)
    assert hubs["demo"].users == {}


def test_an_insistent_user_is_not_kept_waiting_by_the_clean_up(
    session: Session, connection: Connection, hubs: Hubs
) -> None:
    def insist() -> None:
        for _ in range(4):
            session.interruption.request()

    hubs["demo"].before["start server"] = insist
    hubs["demo"].stopping = 1_000_000
    with pytest.raises(Interrupted):
        check(session, connection, CLUSTER, HUB)
    assert USER in hubs["demo"].users


def test_another_interruption_can_be_heard_in_place_of_the_session_s(
    session: Session, connection: Connection, hubs: Hubs
) -> None:
    interruption = Interruption()
    hubs["demo"].before["start server"] = interruption.request
    with pytest.raises(Interrupted):
        check(session, connection, CLUSTER, HUB, interruption=interruption)
    assert not session.interruption.requested


def test_a_pod_that_can_never_start_ends_the_wait_with_its_diagnosis(
    session: Session, connection: Connection, hubs: Hubs, api: FakeApi
) -> None:
    hubs["demo"].starts = False
    server_pod(api, **waiting("ErrImageNeverPull"))
    result = check(session, connection, CLUSTER, HUB)
    assert result.error == "the server will not start: pod jupyter-check (notebook): ErrImageNeverPull: m"
    assert result.diagnosis
    assert result.diagnosis.trouble.reason == "ErrImageNeverPull"


def test_what_was_wrong_with_a_pod_is_remembered_when_the_hub_has_deleted_it(
    session: Session, connection: Connection, hubs: Hubs, api: FakeApi
) -> None:
    server_pod(api, **waiting("ImagePullBackOff"))
    hub = hubs["demo"]
    hub.starts = False
    turns = iter(range(3))

    def give_up_at_the_third_turn() -> None:
        if next(turns) == 2:
            api.objects.clear()
            hub.events.append(SpawnEvent(message="Spawn failed: timed out", failed=True))

    hub.before["progress"] = give_up_at_the_third_turn
    result = check(session, connection, CLUSTER, HUB)
    assert result.error == "the server did not start: Spawn failed: timed out"
    assert result.diagnosis
    assert result.diagnosis.trouble.reason == "ImagePullBackOff"


def test_a_trouble_that_passed_is_no_diagnosis_of_a_later_failure(
    session: Session, connection: Connection, hubs: Hubs, api: FakeApi
) -> None:
    server_pod(api, **waiting("ImagePullBackOff"))
    hubs["demo"].before["start kernel"] = lambda: server_pod(api, phase="Running")
    hubs["demo"].faults["cell"] = KernelDied("the kernel died")
    api.texts["/api/v1/namespaces/demo/pods/jupyter-check/log"] = "killed\n"
    result = check(session, connection, CLUSTER, HUB)
    assert result.diagnosis
    assert (result.diagnosis.trouble.reason, result.diagnosis.log) == ("KernelDied", ("killed",))


def test_what_the_hub_refuses_is_diagnosed_with_the_hub_s_log(
    session: Session, connection: Connection, hubs: Hubs, api: FakeApi
) -> None:
    hub_pod(api)
    api.texts["/api/v1/namespaces/demo/pods/hub-1/log"] = "Traceback\n"
    hubs["demo"].faults["start server"] = Refused("500", status=500)
    result = check(session, connection, CLUSTER, HUB)
    assert result.diagnosis
    assert result.diagnosis.log == ("Traceback",)
    assert result.diagnosis.next_command == "deployer logs local demo hub"


def deployed(api: FakeApi, *names: str) -> None:
    for name in names:
        api.put(f"/api/v1/namespaces/{name}", {})


def test_one_failing_hub_does_not_stop_the_others(
    session: Session, connection: Connection, hubs: Hubs, api: FakeApi
) -> None:
    deployed(api, "demo", "bad", "good")
    hubs.update(bad=HubState(faults={"start server": Refused("no", status=500)}), good=HubState())
    wanted = [a_hub(name) for name in ("demo", "bad", "absent", "good")]
    results = check_all(session, connection, CLUSTER, wanted, jobs=2)
    assert [(result.hub, result.ok, result.error) for result in results] == [
        ("demo", True, None),
        ("bad", False, "no"),
        ("absent", False, "absent: not deployed"),
        ("good", True, None),
    ]
    assert results[2].hint == "run `deployer deploy local absent`"


def test_a_hub_that_is_being_worked_on_is_not_checked(
    session: Session, connection: Connection, hubs: Hubs, api: FakeApi
) -> None:
    """Else two checks would remove each other's user, and a deploy would be taken for broken."""
    deployed(api, "demo")
    hub = replace(HUB, health=replace(HUB.health, timeout=0))
    with lease.held(
        api.api,
        "demo",
        interruption=Interruption(),
        wait=0,
        on_wait=lambda _holder: None,
        on_takeover=lambda _holder: None,
        on_lost=lambda: None,
    ):
        (result,) = check_all(session, connection, CLUSTER, [hub], jobs=1)
    assert result.error
    assert "since" in result.error
    assert (result.steps, hubs["demo"].calls) == ((), [])


def test_all_hubs_clean_up_when_the_user_interrupts(
    session: Session, connection: Connection, hubs: Hubs, api: FakeApi
) -> None:
    deployed(api, "demo", "other")
    hubs["other"] = HubState(starts=False)
    hubs["demo"].starts = False
    hubs["other"].before["progress"] = session.interruption.request
    with pytest.raises(Interrupted):
        check_all(session, connection, CLUSTER, [HUB, a_hub("other")], jobs=2)
    assert (hubs["demo"].users, hubs["other"].users) == ({}, {})


def test_a_diagnosis_of_the_server_s_pod_names_a_command_that_works_when_the_pod_is_gone(
    session: Session, connection: Connection, hubs: Hubs, api: FakeApi
) -> None:
    hubs["demo"].starts = False
    server_pod(api, **waiting("ErrImageNeverPull"))
    result = check(session, connection, CLUSTER, HUB)
    assert result.diagnosis
    assert result.diagnosis.next_command == "deployer logs local demo hub"
