"""The local cluster's network as pods and the host see it: names, services, logs, exec, port-forward."""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import sys
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deployer.operations.local import files as local_files
from deployer.tools.kubernetes import NotFound
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.tools.kubernetes import Api

pytestmark = pytest.mark.cluster

KUBECTL = Path(sys.prefix).parent / ".tools" / "bin" / "kubectl"
FETCH = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=10).status)"


@dataclass(frozen=True)
class Namespace:
    """A namespace with a web server behind a service, and a pod beside it."""

    name: str
    kubeconfig: Path

    def argv(self, *arguments: str) -> list[str]:
        return [str(KUBECTL), f"--kubeconfig={self.kubeconfig}", f"--namespace={self.name}", *arguments]

    def kubectl(self, *arguments: str, stdin: object = None) -> str:
        """Run kubectl and return what it printed."""
        done = subprocess.run(
            self.argv(*arguments),
            input=json.dumps(stdin) if stdin else None,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def fetch_from(self, pod: str, url: str) -> str:
        """Return the status that a pod gets for a URL, or nothing when it cannot connect."""
        argv = self.argv("exec", pod, "--", "python3", "-c", FETCH, url)
        return subprocess.run(argv, capture_output=True, text=True, check=False).stdout.strip()


def pod(name: str, image: str, command: list[str]) -> dict[str, Any]:
    container = {"name": "main", "image": image, "imagePullPolicy": "Never", "command": command}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            "containers": [container],
            "terminationGracePeriodSeconds": 1,
            "securityContext": {"runAsUser": 1000},
        },
    }


SERVICE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "site"},
    "spec": {"type": "NodePort", "selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8000}]},
}


@pytest.fixture(scope="module")
def namespace(state: Path, api: Api) -> Iterator[Namespace]:
    outputs = local_files.read(state / "local" / "outputs.yaml")
    image = outputs["images"].get("user")
    if outputs["provider"] != "node" or image is None:
        pytest.skip("the local cluster has no image `user`: run `deployer local up --provider node`")
    reference = f"{image['name']}:{image['tag']}"
    made = Namespace(f"network-{secrets.token_hex(3)}", state / "local" / "kubeconfig")
    made.kubectl("create", "namespace", made.name)
    try:
        serve = ["python3", "-u", "-m", "http.server", "8000", "--directory", "/usr/share"]
        made.kubectl("apply", "--filename=-", stdin=pod("web", reference, serve))
        made.kubectl("apply", "--filename=-", stdin=pod("visitor", reference, ["sleep", "1000"]))
        made.kubectl("apply", "--filename=-", stdin=SERVICE)
        made.kubectl("wait", "--for=condition=Ready", "pod", "--all", "--timeout=90s")
        yield made
    finally:
        with suppress(NotFound):
            api.delete(f"/api/v1/namespaces/{made.name}")


def answers(url: str) -> bool:
    """Tell whether the host gets a good answer from a URL."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.mark.parametrize("name", ["site", "site.{}", "site.{}.svc.cluster.local"])
def test_a_pod_reaches_a_service_by_its_names(namespace: Namespace, name: str) -> None:
    url = f"http://{name.format(namespace.name)}/"
    wait_for(lambda: namespace.fetch_from("visitor", url) == "200", "the service answers", seconds=30)


def test_a_pod_reaches_itself_through_its_service(namespace: Namespace) -> None:
    wait_for(lambda: namespace.fetch_from("web", "http://site/") == "200", "it answers itself", seconds=30)


def test_the_host_reaches_services_by_address_and_node_port(namespace: Namespace) -> None:
    service = json.loads(namespace.kubectl("get", "service", "site", "-o=json"))
    node = json.loads(namespace.kubectl("get", "node", "local", "-o=json"))
    address = node["status"]["addresses"][0]["address"]
    port = service["spec"]["ports"][0]["nodePort"]
    for url in (f"http://{service['spec']['clusterIP']}/", f"http://{address}:{port}/"):
        wait_for(partial(answers, url), f"{url} answers", seconds=30)


def test_names_outside_are_refused_at_once(namespace: Namespace) -> None:
    ask = (
        "import socket, sys\ntry:\n    socket.gethostbyname('example.org')\nexcept OSError: print('refused')"
    )
    assert namespace.kubectl("exec", "visitor", "--", "timeout", "5", "python3", "-c", ask) == "refused"


def test_logs_show_what_a_container_wrote(namespace: Namespace) -> None:
    url = "http://site/doc/"
    wait_for(lambda: namespace.fetch_from("visitor", url) == "200", "the service answers", seconds=30)
    assert '"GET /doc/ HTTP/1.1" 200' in namespace.kubectl("logs", "web")


def test_ports_are_forwarded_to_the_host(namespace: Namespace) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    forwarding = namespace.argv("port-forward", "service/site", f"{port}:80")
    with subprocess.Popen(forwarding, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("Forwarding from 127.0.0.1")
            assert answers(f"http://127.0.0.1:{port}/")
        finally:
            process.terminate()


def test_a_pod_may_not_use_the_kubelet(namespace: Namespace) -> None:
    node = json.loads(namespace.kubectl("get", "node", "local", "-o=json"))
    address = node["status"]["addresses"][0]["address"]
    ask = (
        "import ssl, sys, urllib.request\n"
        "token = open('/var/run/secrets/kubernetes.io/serviceaccount/token').read()\n"
        "request = urllib.request.Request(sys.argv[1], headers={'Authorization': 'Bearer ' + token})\n"
        "try:\n"
        "    urllib.request.urlopen(request, context=ssl._create_unverified_context(), timeout=10)\n"
        "except urllib.error.HTTPError as error:\n"
        "    print(error.code)\n"
    )
    url = f"https://{address}:10250/pods"
    assert namespace.kubectl("exec", "visitor", "--", "python3", "-c", ask, url) == "403"
