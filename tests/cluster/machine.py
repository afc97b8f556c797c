"""What a local cluster could leave on a machine, looked at from outside."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

_SETTINGS = (
    "kernel/keys/root_maxbytes",
    "kernel/keys/root_maxkeys",
    "kernel/panic",
    "kernel/panic_on_oops",
    "net/ipv4/conf/all/route_localnet",
    "net/ipv4/ip_forward",
    "net/netfilter/nf_conntrack_max",
    "vm/overcommit_memory",
    "vm/panic_on_oom",
)
_PLACES = ("/etc", "/etc/cni", "/opt", "/run", "/run/netns", "/usr/libexec", "/var/lib", "/var/log")


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A machine at one moment; two are equal when nothing was left in between."""

    mounts: frozenset[str]
    links: frozenset[str]
    routes: frozenset[str]
    rules: tuple[str, ...]
    cgroups: frozenset[str]
    settings: tuple[str, ...]
    files: frozenset[str]


def look(mark: str) -> Machine:
    """Return the machine as it is now, without what belongs to other local clusters.

    `mark` is what the cluster in question marks its things with; several may run beside each other.
    """

    def is_others(link: str | None) -> bool:
        return link is not None and re.fullmatch(r"deployer\d+", link) is not None and link not in ours

    routes = [*_ip("route", "show", "table", "all"), *_ip("-6", "route", "show", "table", "all")]
    links = _ip("link", "show")
    ours = {link["ifname"] for link in links if link.get("ifalias") == mark}
    return Machine(
        mounts=frozenset(line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()),
        links=frozenset(link["ifname"] for link in links if not is_others(link["ifname"])),
        routes=frozenset(
            f"{route['dst']} {route.get('dev')}" for route in routes if not is_others(route.get("dev"))
        ),
        rules=tuple(_rules("iptables-save") + _rules("ip6tables-save")),
        cgroups=frozenset(
            str(path)
            for path in Path("/sys/fs/cgroup").glob("*/*")
            if path.is_dir() and (path.name == mark or not path.name.startswith("deployer-"))
        ),
        settings=tuple(_setting(name) for name in _SETTINGS),
        files=frozenset(
            str(path) for place in _PLACES if Path(place).is_dir() for path in Path(place).iterdir()
        ),
    )


def processes_in(directories: frozenset[str]) -> dict[int, str]:
    """Return the start time of each process whose process namespace is one of those, by its number."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and namespace(int(entry.name)) in directories:
            found[int(entry.name)] = started(int(entry.name)) or ""
    return found


def namespace(pid: int) -> str:
    """Return the process namespace that a process is in; nothing when there is no such process."""
    try:
        return str(Path(f"/proc/{pid}/ns/pid").readlink())
    except OSError:
        return ""


def started(pid: int) -> str | None:
    """Return when a process started, in the kernel's ticks, or None when there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return None


def members(cgroup: str) -> frozenset[int]:
    """Return the processes in a cgroup of that name at the top of a hierarchy, and below it."""
    found: set[int] = set()
    for path in Path("/sys/fs/cgroup").glob(f"*/{cgroup}/**/cgroup.procs"):
        found |= {int(line) for line in path.read_text().split()}
    return frozenset(found)


def _ip(*arguments: str) -> list[dict[str, str]]:
    done = subprocess.run(["ip", "-json", *arguments], capture_output=True, text=True, check=True)
    result: list[dict[str, str]] = json.loads(done.stdout)
    return result


def _rules(program: str) -> list[str]:
    done = subprocess.run([program], capture_output=True, text=True, check=True)
    return [line.split(" [")[0] for line in done.stdout.splitlines() if not line.startswith("#")]


def _setting(name: str) -> str:
    path = Path("/proc/sys") / name
    return f"{name}={path.read_text().strip() if path.exists() else None}"
