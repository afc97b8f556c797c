"""The client of JupyterHub and of kernels, with real HTTP and websockets on a loopback port."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest
import urllib3

from deployer.errors import DeployerError
from deployer.tools import jupyterhub
from deployer.tools.jupyterhub import HubApi, Refused, Server, SpawnEvent
from deployer.tools.kernels import KernelDied, Output, Unanswered
from tests.tools.fake_jupyter import TOKEN, Jupyter, running

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration

API = "/base/hub/api"
USER = "/base/user/ada/api"
PATH = "/base/user/ada/"
PYTHON = {"default": "python3", "kernelspecs": {"python3": {"spec": {"language": "python"}}}}


@pytest.fixture
def jupyter() -> Iterator[Jupyter]:
    with running(Jupyter()) as jupyter:
        yield jupyter


@pytest.fixture
def hub(jupyter: Jupyter) -> HubApi:
    return HubApi(url=jupyter.url, token=TOKEN)


def test_a_user_s_life(jupyter: Jupyter, hub: HubApi) -> None:
    jupyter.answers = {
        f"POST {API}/users/ada": (201, {}),
        f"POST {API}/users/ada/server": (202, None),
        f"DELETE {API}/users/ada/server": (204, None),
        f"DELETE {API}/users/ada": (204, None),
    }
    hub.create_user("ada")
    hub.start_server("ada", {"profile": "small"})
    hub.stop_server("ada")
    hub.delete_user("ada")
    assert jupyter.asked == [
        f"POST {API}/users/ada",
        f'POST {API}/users/ada/server {{"profile": "small"}}',
        f"DELETE {API}/users/ada/server",
        f"DELETE {API}/users/ada",
    ]


def test_names_are_escaped_in_paths(jupyter: Jupyter, hub: HubApi) -> None:
    jupyter.answers[f"POST {API}/users/a%2Fb@c%20d"] = (201, {})
    hub.create_user("a/b@c d")


def test_a_server_is_pending_then_ready_then_gone(jupyter: Jupyter, hub: HubApi) -> None:
    for model, expected in (
        ({"pending": "spawn", "ready": False}, Server(pending="spawn", ready=False, path=PATH)),
        ({"pending": None, "ready": True}, Server(pending=None, ready=True, path=PATH)),
    ):
        jupyter.answers[f"GET {API}/users/ada"] = (200, {"servers": {"": {**model, "url": PATH}}})
        assert hub.server("ada") == expected
    jupyter.answers[f"GET {API}/users/ada"] = (200, {"servers": {"gpu": {}}})
    assert hub.server("ada") is None


def test_a_user_exists_or_not_and_other_refusals_are_neither(jupyter: Jupyter, hub: HubApi) -> None:
    jupyter.answers = {
        f"GET {API}/users/ada": (200, {}),
        f"GET {API}/users/bob": (404, {"message": "not found"}),
        f"GET {API}/users/eve": (500, {"message": "broken"}),
    }
    assert (hub.exists("ada"), hub.exists("bob")) == (True, False)
    with pytest.raises(Refused) as caught:
        hub.exists("eve")
    assert caught.value.status == 500


def test_a_refusal_tells_request_status_and_reason_but_not_the_token(jupyter: Jupyter) -> None:
    with pytest.raises(Refused) as caught:
        HubApi(url=jupyter.url, token="wrong-token").version()
    assert str(caught.value) == f"the hub refused `GET {API}/`: 403: Forbidden"
    assert "wrong-token" not in repr(HubApi(url=jupyter.url, token="wrong-token"))


def test_a_redirect_is_refused_so_that_the_token_goes_nowhere_else(jupyter: Jupyter, hub: HubApi) -> None:
    jupyter.answers[f"GET {API}/"] = (302, f"{API}/elsewhere")
    with pytest.raises(Refused, match="302"):
        hub.version()
    assert jupyter.asked == [f"GET {API}/"]


def test_an_answer_that_is_no_json_is_no_answer(jupyter: Jupyter, hub: HubApi) -> None:
    jupyter.answers[f"GET {API}/"] = (200, "<html>another program</html>")
    with pytest.raises(Unanswered, match="not an answer of JupyterHub's API: `GET /hub/api/`"):
        hub.version()


def test_nobody_listening_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jupyterhub, "_RECONNECTIONS", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
    with pytest.raises(Unanswered, match=f"^no answer: {url}: "):
        HubApi(url=url, token=TOKEN).version()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_way_that_is_back_within_seconds_is_as_if_it_had_never_been_away(
    jupyter: Jupyter, hub: HubApi, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """Nothing was sent when a connection is refused, so that it may be tried again whatever it was for."""
    jupyter.answers[f"{method} {API}/users/ada"] = (200, {})
    refuse(monkeypatch, urllib3.util.connection, times=3)
    hub.request(method, "hub/api/users/ada")
    assert jupyter.asked == [f"{method} {API}/users/ada"]


def test_the_way_to_a_kernel_may_be_back_within_seconds_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jupyterhub, "_FIRST_PAUSE", 0.001)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        refuse(monkeypatch, socket, times=jupyterhub._RECONNECTIONS)
        jupyterhub._connected(*address).close()
        refuse(monkeypatch, socket, times=jupyterhub._RECONNECTIONS + 1)
        with pytest.raises(ConnectionRefusedError):
            jupyterhub._connected(*address)


def refuse(monkeypatch: pytest.MonkeyPatch, module: Any, *, times: int) -> None:
    """Have the next connections that a module makes refused."""
    connect = module.create_connection
    refusals = iter(range(times))

    def refusing(*args: Any, **options: Any) -> socket.socket:
        if next(refusals, None) is not None:
            raise ConnectionRefusedError
        made: socket.socket = connect(*args, **options)
        return made

    monkeypatch.setattr(module, "create_connection", refusing)


def test_the_environment_s_proxies_have_no_say(
    jupyter: Jupyter, hub: HubApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine behind a proxy the port-forward is reached directly all the same."""
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "example.org")
    jupyter.answers[f"GET {API}/"] = (200, {"version": "5.5.0"})
    assert hub.version() == "5.5.0"
    with kernel_of(jupyter, hub, [*reply(), IDLE]) as outputs:
        assert outputs == Output()


def test_news_of_a_spawn_come_one_by_one_without_keepalives(jupyter: Jupyter, hub: HubApi) -> None:
    jupyter.answers[f"GET {API}/users/ada/server/progress"] = (
        200,
        (
            'data: {"progress": 0, "message": "Server requested"}\n\n\n\n'
            'data: {"progress": 100, "failed": true, "message": "Spawn failed"}\n\n'
        ),
    )
    assert list(hub.progress("ada")) == [
        SpawnEvent(message="Server requested"),
        SpawnEvent(message="Spawn failed", failed=True),
    ]


def test_no_news_of_a_spawn_are_refused(jupyter: Jupyter, hub: HubApi) -> None:
    jupyter.answers[f"GET {API}/users/ada/server/progress"] = (400, {"message": "ada is not starting..."})
    with pytest.raises(Refused, match=r"400: ada is not starting\.\.\."):
        list(hub.progress("ada"))


def message(kind: str, parent: str = "PARENT", **content: Any) -> dict[str, Any]:
    return {"header": {"msg_type": kind}, "parent_header": {"msg_id": parent}, "content": content}


def reply(parent: str = "PARENT") -> list[dict[str, Any]]:
    return [message("execute_reply", parent, status="ok")]


BUSY = message("status", execution_state="busy")
IDLE = message("status", execution_state="idle")


class kernel_of:  # noqa: N801 reads as a function
    """Opens a kernel that sends given messages, and gives the output of a cell."""

    def __init__(self, jupyter: Jupyter, hub: HubApi, messages: list[dict[str, Any]]) -> None:
        jupyter.messages = messages
        jupyter.answers |= {
            f"GET {USER}/kernelspecs": (200, PYTHON),
            f"POST {USER}/kernels": (201, {"id": "k1"}),
            f"DELETE {USER}/kernels/k1": (204, None),
        }
        self.opened = hub.kernel("ada", PATH)

    def __enter__(self) -> Output:
        return self.opened.__enter__().run("1 + 1", waiting=lambda: None)

    def __exit__(self, *_error: object) -> None:
        self.opened.__exit__(None, None, None)


def test_a_kernel_is_started_asked_and_shut_down(jupyter: Jupyter, hub: HubApi) -> None:
    with kernel_of(jupyter, hub, [*reply(), IDLE]) as output:
        assert output == Output()
    assert jupyter.asked == [
        f"GET {USER}/kernelspecs",
        f'POST {USER}/kernels {{"name": "python3"}}',
        "websocket",
        f"DELETE {USER}/kernels/k1",
    ]
    (cell,) = jupyter.cells
    assert (cell["channel"], cell["header"]["msg_type"]) == ("shell", "execute_request")
    assert (cell["content"]["code"], cell["content"]["allow_stdin"]) == ("1 + 1", False)


def test_streams_result_and_error_are_told_apart_and_others_messages_ignored(
    jupyter: Jupyter, hub: HubApi
) -> None:
    messages = [
        message("status", "other", execution_state="idle"),
        BUSY,
        message("stream", "other", name="stdout", text="not mine"),
        message("stream", name="stdout", text="one\n"),
        message("stream", name="stderr", text="warning\n"),
        message("stream", name="stdout", text="two\n"),
        message("execute_result", data={"text/plain": "42", "text/html": "<b>42</b>"}),
        message("error", ename="ValueError", evalue="no", traceback=[]),
        *reply(),
        IDLE,
    ]
    with kernel_of(jupyter, hub, messages) as output:
        assert output == Output(stdout="one\ntwo\n", stderr="warning\n", result="42", error="ValueError: no")


def test_a_cell_has_ended_when_the_kernel_is_idle_and_has_replied_in_any_order(
    jupyter: Jupyter, hub: HubApi
) -> None:
    """Replies and outputs come on different channels: output may follow the reply."""
    late = message("stream", name="stdout", text="late")
    with kernel_of(jupyter, hub, [*reply(), late, IDLE]) as output:
        assert output.stdout == "late"
    with kernel_of(jupyter, hub, [late, IDLE, *reply()]) as output:
        assert output.stdout == "late"


@pytest.mark.parametrize("state", ["dead", "restarting"])
def test_a_kernel_that_dies_is_noticed(jupyter: Jupyter, hub: HubApi, state: str) -> None:
    died = {"header": {"msg_type": "status"}, "parent_header": {}, "content": {"execution_state": state}}
    kernel = kernel_of(jupyter, hub, [BUSY, died])
    with pytest.raises(KernelDied):
        kernel.__enter__()
    kernel.__exit__()


def test_a_lost_websocket_is_no_answer(jupyter: Jupyter, hub: HubApi) -> None:
    jupyter.closes = True
    kernel = kernel_of(jupyter, hub, [])
    with pytest.raises(Unanswered, match="the way to the kernel is gone"):
        kernel.__enter__()
    kernel.__exit__()


def test_waiting_for_a_cell_can_be_ended(jupyter: Jupyter, hub: HubApi) -> None:
    class Enough(Exception):
        pass

    def waiting() -> None:
        raise Enough

    opened = kernel_of(jupyter, hub, [BUSY]).opened
    with pytest.raises(Enough), opened as kernel:
        kernel.run("while True: pass", waiting=waiting)
    assert jupyter.asked[-1] == f"DELETE {USER}/kernels/k1"


def test_a_refused_websocket_tells_no_more_than_its_status(jupyter: Jupyter) -> None:
    jupyter.answers = {f"GET {USER}/kernelspecs": (200, PYTHON), f"POST {USER}/kernels": (201, {"id": "k"})}
    hub = HubApi(url=jupyter.url, token=TOKEN)
    wrong = HubApi(url=jupyter.url, token="wrong")
    with pytest.raises(Refused) as caught:
        wrong._websocket(f"{USER}/kernels/k/channels")
    assert str(caught.value) == "the server refused the websocket of a kernel: 403"
    assert hub.token not in str(caught.value)


@pytest.mark.parametrize(
    ("specs", "chosen"),
    [
        ({"ir": "R", "python3": "python"}, "python3"),
        ({"python3": "python", "conda-base": "python"}, "python3"),
    ],
)
def test_a_python_kernel_is_chosen_whatever_the_default_is(
    jupyter: Jupyter, hub: HubApi, specs: dict[str, str], chosen: str
) -> None:
    kernel = kernel_of(jupyter, hub, [*reply(), IDLE])
    jupyter.answers[f"GET {USER}/kernelspecs"] = (200, kernelspecs(specs, default=next(iter(specs))))
    with kernel:
        assert f'POST {USER}/kernels {{"name": "{chosen}"}}' in jupyter.asked


def kernelspecs(languages: dict[str, str], *, default: str) -> dict[str, Any]:
    specs = {name: {"spec": {"language": language}} for name, language in languages.items()}
    return {"default": default, "kernelspecs": specs}


def test_a_server_without_a_python_kernel_is_an_error_that_names_its_kernels(
    jupyter: Jupyter, hub: HubApi
) -> None:
    jupyter.answers[f"GET {USER}/kernelspecs"] = (200, kernelspecs({"ir": "R"}, default="ir"))
    with pytest.raises(DeployerError, match="the server offers no Python kernel, only: ir"):
        hub.kernel("ada", PATH).__enter__()
