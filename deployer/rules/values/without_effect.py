"""Keys that a hub's values may have and that change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.rule import Finding, rule
from deployer.fleet.spelling import near
from deployer.render.paths import look_up
from deployer.rules.values.parts.code import set_elsewhere
from deployer.rules.values.parts.shapes import mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import HubValues

_CUSTOM = ("jupyterhub", "custom")
_HOME_PAGE = (*_CUSTOM, "homepage")
_STAFF = (*_CUSTOM, "2i2c")
_CONFIG = ("jupyterhub", "hub", "config")

_PAGES = "the hub gets no pages from the internet: bring your own by the feature `templates`"
_QUOTAS = (
    "quotas of usage need an image with `jupyterhub_usage_quotas`, and `extraConfig` that sets it up; "
    "the feature `compute_quota` needs neither"
)
_NEVER: Mapping[KeyPath, str] = {
    (*_HOME_PAGE, "gitRepoUrl"): _PAGES,
    (*_HOME_PAGE, "gitRepoBranch"): _PAGES,
    (
        "binderhub-service",
        "custom",
        "sendLogsOfLaunchEventsTo2i2c",
    ): "launches are in BinderHub's log, and go where the cluster's logs go",
    ("staticWebsite",): "a site beside the hub is `site` among the features",
}
_ALWAYS_KNOWN = ("enabled", "global")


@rule("warning")
def no_effect(release: HubValues) -> Iterator[Finding]:
    """Tell of keys that are accepted and have no effect, each with what takes its place.

    Hubs of another fleet have them, and may keep them; nobody should count on them.
    """
    reasons: dict[KeyPath, str] = dict(_NEVER)
    if not release.said("jupyterhub", "hub", "image") and not set_elsewhere(release, "usage_quotas"):
        reasons |= {(*_CONFIG, section): _QUOTAS for section in ("UsageQuotaManager", "UsageViewer")}
    reasons |= dict(_staff(release))
    reasons |= dict(_gateway(release))
    for at, reason in reasons.items():
        if _is_said(release, at):
            yield release.finding(at, f"`{'.'.join(map(str, at))}` has no effect: {reason}")


@rule("warning")
def unread_key(release: HubValues) -> Iterator[Finding]:
    """Question keys that a package of the chart has no default for, where its schema takes any key.

    Those charts have a default for each key that they read.
    """
    for package in release.chart.packages:
        if package.defaults and mapping(package.schema).get("additionalProperties") is not False:
            known = [*package.defaults, *_ALWAYS_KNOWN]
            for key in mapping(release.merged.values.get(package.name)):
                at = (package.name, key)
                if key not in known and _is_said(release, at):
                    message = f"{package.name} reads no key `{key}`{_meant(key, known)}"
                    yield release.finding(at, message)


@rule("warning")
def custom_key(release: HubValues) -> Iterator[Finding]:
    """Question keys of `jupyterhub.custom` that nothing reads: neither this chart nor the hub's own Python.

    That map is open, for the hub's own Python, so a slip in the name of a key goes unseen.
    """
    known = _custom_keys(release)
    for key in mapping(look_up(release.merged.values, _CUSTOM)):
        at = (*_CUSTOM, key)
        if key not in known and _is_said(release, at) and not set_elsewhere(release, str(key)):
            message = f"nothing reads the key `{key}` of `jupyterhub.custom`{_meant(key, known)}"
            yield release.finding(at, message)


RULES = (no_effect, unread_key, custom_key)


def _staff(release: HubValues) -> Iterator[tuple[KeyPath, str]]:
    wanted = mapping(look_up(release.merged.values, _STAFF))
    told = release.said(*_CUSTOM, "deployer", "staff")
    if wanted.get("add_staff_user_ids_to_admin_users") is True and not told:
        kind = wanted.get("add_staff_user_ids_of_type")
        if kind in ("github", "google"):
            reason = f"nobody is `staff.{kind}` in config/org.yaml"
        else:
            reason = "`add_staff_user_ids_of_type` must be `github` or `google`"
        yield (*_STAFF, "add_staff_user_ids_to_admin_users"), reason


def _gateway(release: HubValues) -> Iterator[tuple[KeyPath, str]]:
    at = (*_CUSTOM, "daskhubSetup", "enabled")
    if look_up(release.merged.values, at) is True and release.value("dask-gateway", "enabled") is not True:
        yield at, "the hub has no gateway: set `dask-gateway.enabled`"


def _custom_keys(release: HubValues) -> Mapping[str, Any]:
    schemas = (checker.schema for at, checker in release.chart.checkers if not at)
    path = ("properties", "jupyterhub", "properties", "custom", "properties")
    return mapping(look_up(next(schemas, {}), path))


def _is_said(release: HubValues, at: KeyPath) -> bool:
    # Most of these keys nobody says: that is quickly seen.
    if at[-1] not in mapping(look_up(release.merged.values, list(map(str, at[:-1])))):
        return False
    layer, depth = release.merged.origin_path(at)
    return len(depth) == len(at) and (layer.kind in ("file", "preset") or layer.feature is not None)


def _meant(key: object, known: Iterable[str]) -> str:
    close = near(str(key), known)
    return f": did you mean `{close}`?" if close else ""
