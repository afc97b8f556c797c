"""What a real DNS server says of the hosts of a cluster, and what is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from deployer.errors import DeployerError, Interrupted
from deployer.interruption import Interruption
from deployer.operations.dns.check import Finding, check
from deployer.operations.dns.entrance import Entrance, Record
from deployer.operations.dns.plan import Plan, Wanted
from deployer.tools.resolver import Resolver
from tests.operations.dns.server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.integration

HERE, THERE = "192.0.2.1", "198.51.100.7"
ZONE = f"""\
right A {HERE}
elsewhere A {THERE}
both A {HERE}
both A {THERE}
six A {HERE}
six AAAA 2001:db8::7
alias CNAME right
again CNAME alias
dangling CNAME gone
empty TXT "nothing to go to"
proxied A 104.16.1.1
*.wild A {HERE}
*.astray A {THERE}
forbidden A {HERE}
forbidden CAA 0 issue "ca.example.net"
forbidden CAA 0 iodef "mailto:us@example.org"
allowed A {HERE}
allowed CAA 0 issue "letsencrypt.org; validationmethods=http-01"
below.forbidden A {HERE}
only-wild A {HERE}
only-wild CAA 0 issuewild ";"
balancer A {HERE}
by-name CNAME balancer
by-address A {HERE}
"""
ENTER = "enter: {0}.example.org. 300 IN A 192.0.2.1"
REPLACE = "replace by: {0}.example.org. 300 IN A 192.0.2.1"
CAA = 'add to forbidden.example.org: `CAA 0 issue "letsencrypt.org"`'


@pytest.fixture(scope="module")
def resolver(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resolver]:
    zones = {"example.org": ZONE, "org": ""}
    with serving(repository, tmp_path_factory.mktemp("zones"), zones) as server:
        yield Resolver(server)


def plan(*names: str, entrance: Entrance | None = None, zone: str | None = None) -> Plan:
    at = entrance or Entrance(addresses=(HERE,))
    hosts = [f"{name}.example.org" if not name.endswith(".test") else name for name in names]
    wanted = [Wanted(name=host, owner="hub", records=tuple(at.records(host))) for host in hosts]
    return Plan(cluster="alps", entrance=at, wanted=tuple(wanted), zone=zone, authority="letsencrypt.org")


def of(resolver: Resolver, name: str, **settings: Any) -> Finding:
    (found,) = check(resolver, plan(name, **settings), Interruption())
    return found


@pytest.mark.parametrize(
    ("name", "state", "said", "advice"),
    [
        ("right", "right", "leads here", ()),
        ("again", "right", "leads here through alias.example.org → right.example.org", ()),
        ("nobody", "missing", "no such name (NXDOMAIN)", (ENTER,)),
        ("empty", "missing", "has no address", (ENTER,)),
        ("dangling", "missing", "is an alias of gone.example.org, which leads nowhere", (ENTER,)),
        ("elsewhere", "elsewhere", f"leads to {THERE}", (REPLACE,)),
        ("both", "elsewhere", f"also leads to {THERE}", (REPLACE,)),
        ("six", "elsewhere", "also leads to 2001:db8::7", (REPLACE,)),
        ("hub.wild", "right", "leads here, by a wildcard", ()),
        ("hub.astray", "elsewhere", f"leads to {THERE}, by a wildcard", (ENTER,)),
        (
            "proxied",
            "proxy",
            "leads to a proxy of Cloudflare",
            ("unless the proxy is meant for {0}.example.org, let DNS alone answer",),
        ),
    ],
)
def test_each_way_to_be_right_or_wrong_is_told(
    resolver: Resolver, name: str, state: str, said: str, advice: tuple[str, ...]
) -> None:
    found = of(resolver, name)
    assert (found.state, found.said) == (state, said)
    assert found.advice == tuple(each.format(name) for each in advice)
    assert found.wrong == (state in ("missing", "elsewhere"))
    assert found.issuing == "allowed"


@pytest.mark.parametrize(
    ("name", "issuing", "advice"),
    [
        ("forbidden", "forbidden", (CAA,)),
        ("below.forbidden", "forbidden", (CAA,)),
        ("allowed", "allowed", ()),
        ("only-wild", "allowed", ()),
    ],
)
def test_the_nearest_caa_records_decide_who_may_issue(
    resolver: Resolver, name: str, issuing: str, advice: tuple[str, ...]
) -> None:
    found = of(resolver, name)
    assert (found.state, found.issuing, found.advice) == ("right", issuing, advice)
    assert found.wrong == (issuing == "forbidden")


def test_a_name_may_lead_to_a_load_balancer_by_its_name_or_by_its_addresses(resolver: Resolver) -> None:
    """As records of AWS do, of the kind ALIAS."""
    entrance = Entrance(names=("balancer.example.org",))
    states = {name: of(resolver, name, entrance=entrance) for name in ("by-name", "by-address", "elsewhere")}
    assert [each.state for each in states.values()] == ["right", "right", "elsewhere"]
    assert states["elsewhere"].advice == (
        "replace by: elsewhere.example.org. 300 IN CNAME balancer.example.org.",
    )


def test_what_external_dns_writes_is_not_entered_by_hand(resolver: Resolver) -> None:
    (advice,) = of(resolver, "nobody", zone="example.org").advice
    assert advice.startswith("ExternalDNS writes nobody.example.org")


@pytest.mark.parametrize(("server", "state"), [("ns.example.org", "right"), ("ns.example.net", "elsewhere")])
def test_the_zone_above_has_to_name_the_servers_of_the_cluster_s_own(
    resolver: Resolver, server: str, state: str
) -> None:
    record = Record(name="example.org", kind="NS", value=server)
    wanted = Wanted(name="example.org", owner="zone", records=(record,))
    whole = Plan(cluster="alps", entrance=Entrance(), wanted=(wanted,), zone=None, authority=None)
    (found,) = check(resolver, whole, Interruption())
    assert (found.state, found.found) == (state, ("ns.example.org",))
    line = f"enter in the zone above: example.org. 300 IN NS {server}."
    assert found.advice == (() if state == "right" else (line,))


def test_a_server_that_fails_for_one_name_leaves_that_unknown(resolver: Resolver) -> None:
    right, refused = check(resolver, plan("right", "hub.other.test"), Interruption())
    assert (right.state, refused.state, refused.wrong) == ("right", "unknown", True)
    assert refused.said == "DNS fails for hub.other.test: SERVFAIL"


def test_no_answer_at_all_is_one_error() -> None:
    """Nothing listens at port 1."""
    with pytest.raises(DeployerError) as caught:
        check(Resolver("127.0.0.1:1"), plan("right", "both"), Interruption())
    assert caught.value.hint == "look at the network, or ask another server: `--resolver 1.1.1.1`"


def test_a_user_may_stop_it(resolver: Resolver) -> None:
    interruption = Interruption()
    interruption.request()
    with pytest.raises(Interrupted):
        check(resolver, plan("right"), interruption)
