"""What an answer, or none, says about an address, in plain words with what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from deployer.fleet.model import SUPPORT

if TYPE_CHECKING:
    from datetime import datetime

    from deployer.fleet.uptime import Check, Unchecked
    from deployer.tools.https import Answer, Kind, Unanswered

State = Literal["up", "down", "not asked"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """How an address of a cluster is. `problem` names in which way it is down, for programs."""

    cluster: str
    name: str
    hub: str | None
    address: str | None
    state: State
    problem: str | None = None
    message: str | None = None
    hint: str | None = None
    status: int | None = None
    milliseconds: int | None = None
    certificate_days: int | None = None

    def summary(self) -> dict[str, Any]:
        """Return it as plain data (uptime.schema.json)."""
        return dict(vars(self))


def of_answer(cluster: str, check: Check, answer: Answer, *, now: datetime) -> Finding:
    """Return what an answer says: it has to come from what was meant, with the status that was."""
    problem, message, hint = _wrong(cluster, check, answer) or (None, None, None)
    return Finding(
        **_about(cluster, check),
        state="down" if problem else "up",
        problem=problem,
        message=message,
        hint=hint,
        status=answer.status,
        milliseconds=round(answer.seconds * 1000),
        certificate_days=(answer.certificate_ends - now).days,
    )


def of_silence(cluster: str, check: Check, silence: Unanswered) -> Finding:
    """Return what it says that there was no answer."""
    message, hint = _SILENT[silence.kind]
    words = _words(cluster, check)
    return Finding(
        **_about(cluster, check),
        state="down",
        problem=silence.kind,
        message=f"{message.format(**words)} ({silence.detail})",
        hint=hint.format(**words),
    )


def of_unchecked(cluster: str, unchecked: Unchecked) -> Finding:
    """Return that an address was not asked, and why."""
    hub = None if unchecked.owner == SUPPORT else unchecked.owner
    return Finding(
        cluster=cluster,
        name=unchecked.name,
        hub=hub,
        address=None,
        state="not asked",
        message=unchecked.reason,
    )


def _about(cluster: str, check: Check) -> dict[str, Any]:
    hub = None if check.owner == SUPPORT else check.owner
    return {"cluster": cluster, "name": check.name, "hub": hub, "address": check.url}


def _words(cluster: str, check: Check) -> dict[str, Any]:
    """Return what messages and hints are made of: where certificates are is the owner's namespace."""
    return {
        "host": check.host,
        "port": check.port,
        "cluster": cluster,
        "namespace": check.owner,
        "look": f"deployer shell {cluster} -- kubectl --namespace",
    }


_SILENT: dict[Kind, tuple[str, str]] = {
    "no-name": (
        "the name {host} has no address",
        "enter a record for it in DNS: `deployer dns check {cluster}` says which",
    ),
    "no-name-server": (
        "the name {host} could not be looked up: the name server does not answer",
        "try again; look at this machine's network first, then at the zone's name servers",
    ),
    "refused": (
        "nothing listens at {host}, port {port}",
        "see that the name leads to the cluster, and what runs there: `{look} support get service,pods`",
    ),
    "unreachable": (
        "no way leads to {host}",
        "look at this machine's network first, then at the load balancer in the cloud's console",
    ),
    "timeout": (
        "{host} does not answer in time",
        "look whether a firewall is in the way, and at the pods: `{look} {namespace} get pods`",
    ),
    "certificate-expired": (
        "the certificate of {host} has expired",
        "see why it was not renewed: `{look} {namespace} describe certificates`",
    ),
    "certificate-name": (
        "the certificate at {host} is for another name",
        "see whether there is one yet: `{look} {namespace} get certificates,ingress`",
    ),
    "certificate-not-trusted": (
        "the certificate at {host} is of nobody whom browsers trust",
        "see whether there is another one yet: `{look} {namespace} get certificates,ingress`",
    ),
    "tls": (
        "{host} speaks no TLS that is of use at port {port}",
        "see what listens there: `openssl s_client -connect {host}:{port} -servername {host}`",
    ),
    "no-answer": (
        "{host} closed the connection, or said what is no HTTP",
        "look at the way in: `{look} support get pods`",
    ),
}
_LEAST_ERROR = 500
_WANTS_A_PASSWORD = (401, 403)


def _wrong(cluster: str, check: Check, answer: Answer) -> tuple[str, str, str] | None:
    """Return name, words and next step of what is wrong with an answer, None when all is well."""
    words = _words(cluster, check)
    if answer.status != check.status:
        return _other_status(check, answer, words)
    meant = check.header is None or check.header.lower() in answer.headers
    if meant and (check.text is None or check.text in answer.body):
        return None
    what = check.name.partition(".")[2].capitalize() if check.owner == SUPPORT else "JupyterHub"
    return (
        "content",
        f"something answers at {check.host} that is not {what}",
        f"see where the name leads, and which Ingress has it: `{words['look']} {check.owner} get ingress`",
    )


def _other_status(check: Check, answer: Answer, words: dict[str, Any]) -> tuple[str, str, str]:
    to = urlsplit(answer.headers.get("location", ""))
    if 300 <= answer.status < 400 and to.hostname and to.hostname != check.host:
        return (
            "redirect",
            f"{check.host} sends people on to {to.hostname} (HTTP {answer.status})",
            "see where the name leads; when that is meant, say it as `uptime_check.address` in cluster.yaml",
        )
    if answer.status >= _LEAST_ERROR:
        return (
            "server-error",
            f"{check.host} answers that something behind it is broken (HTTP {answer.status})",
            _pods(check, words),
        )
    hint = f"see which Ingress has the name: `{words['look']} {check.owner} get ingress`"
    if answer.status in _WANTS_A_PASSWORD and check.owner != SUPPORT:
        said = f"uptime_check: {{expected_status: {answer.status}}}"
        hint = f"when it is meant to be so, say `{said}` in cluster.yaml"
    return "status", f"{check.host} answers with HTTP {answer.status}, not {check.status}", hint


def _pods(check: Check, words: dict[str, Any]) -> str:
    pods = f"look at the pods: `{words['look']} {check.owner} get pods`"
    return pods if check.owner == SUPPORT else f"{pods}; `deployer logs {words['cluster']} {check.owner}`"
