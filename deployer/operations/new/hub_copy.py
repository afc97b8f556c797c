"""A new hub that is like another one: its entry, and copies of the files that are the other's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.fleet import daskhub
from deployer.fleet.editing.drafts import Drafts
from deployer.fleet.editing.edits import AppendItem
from deployer.fleet.encrypted import is_encrypted_scalar
from deployer.fleet.features import SIGN_IN
from deployer.fleet.leaves import leaves
from deployer.fleet.load import select_cluster, select_hubs
from deployer.fleet.versions import version
from deployer.fleet.violations import shown
from deployer.operations.new import sign_in
from deployer.operations.new.entry_copy import EntryCopy, left_out_lines
from deployer.operations.new.hub import steps_to_deploy
from deployer.operations.new.own_files import fates, used_by_one
from deployer.operations.new.plan import Plan, findings, present, prove, prove_hub
from deployer.operations.new.proposals import taken_hosts
from deployer.operations.new.renaming import Renaming
from deployer.operations.new.secrets import secret_file, secrets_needed, secrets_shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from deployer.fleet.model import Cluster, Fleet, Hub
    from deployer.operations.new.answers import HubCopy
    from deployer.operations.new.own_files import Fate
    from deployer.operations.new.secrets import Needed
    from deployer.session import Session

_SHOWN = 10


def plan(session: Session, root: Path, cluster: str, copy: HubCopy) -> Plan:
    """Return what describes a new hub like another one, on a cluster that is there. Nothing is written.

    Raises:
        EditRefused: cluster.yaml cannot be edited without changing more than is meant.
        DeployerError: a file is there already, or the fleet would not be right.
    """
    fleet, problems = present(session, root)
    target, owner = select_cluster(fleet, cluster), select_cluster(fleet, copy.source_cluster)
    (source,) = select_hubs(owner, [copy.source])
    _same_format(owner, target, source)
    found = list(fates(fleet, source, copy.name, target.directory))
    renaming = Renaming(
        source=source,
        copy=copy,
        target=target.name,
        hosts=taken_hosts(fleet),
        owner=f"hub `{source.name}` of `{owner.name}`",
    )
    entry = EntryCopy(owner=owner, source=source, target=target, copy=copy, fates=found, renaming=renaming)
    lacking, secrets = _secrets(fleet, target, source, copy, found)
    text = left_out_lines(lacking, entry.text(_content(owner.document.path)))
    drafts = Drafts(root=fleet.root).edited(target.document.path, [AppendItem(at=("hubs",), text=text)])
    for fate in found:
        if fate.copied:
            content = renaming.of(_content(fate.file.path))
            drafts = drafts.created(target.directory / fate.name, content.encode())
    notes = prove(session, drafts, problems, like=map(renaming.told, problems))
    session.interruption.check()
    known = findings(session, fleet.root, owner.name, source.name)
    notes += prove_hub(session, drafts, cluster, copy.name, complete=False, like=map(renaming.told, known))
    of_secrets = [note for each in secrets for note in each.notes]
    steps = [step for each in secrets for step in each.next_steps]
    told = (*_notes(fleet, owner, target, source, found), *_left(renaming, drafts))
    return Plan(
        changes=drafts.changes,
        notes=(*told, *notes, *of_secrets),
        next_steps=(*steps, *steps_to_deploy(cluster, copy.name)),
    )


def _same_format(owner: Cluster, target: Cluster, source: Hub) -> None:
    chart = source.document.value((*source.at, "helm_chart"))
    if chart == daskhub.NAME and version(owner.document) != version(target.document):
        raise DeployerError(
            f"`{daskhub.NAME}` is a chart of format 1 only, and {target.name} is written in another",
            hint=f"lift the cluster of the hub first: `deployer migrate {owner.name}`",
        )


def _content(path: Path) -> str:
    return path.read_bytes().decode().removeprefix("\ufeff")


def _secret_keys(found: Iterable[Fate]) -> list[str]:
    """Return the paths of what the source has encrypted in files."""
    documents = (fate.file.document for fate in found)
    paths = (at for document in documents for at, _ in leaves(document.data, is_encrypted_scalar))
    return [shown(at) for at in paths]


def _secrets(
    fleet: Fleet, target: Cluster, source: Hub, copy: HubCopy, found: list[Fate]
) -> tuple[list[str], list[Needed]]:
    """Return the encrypted files that a copy has to be given, and what is told of its secrets."""
    own = target.directory / secret_file(copy.name)
    lacking = [each.name for each in found if each.left_out]
    keys = _secret_keys(each for each in found if each.left_out)
    if not any(each.file.encrypted for each in found):
        # The source waits for its secrets as well.
        keys = list(_of_sign_in(source))
        lacking = [own.name] if keys else []
    place = target.directory / lacking[0] if lacking else own
    needed = secrets_needed(place, fleet.root, keys)
    with_source = used_by_one(fleet, source, found)
    shared = (each for each in found if each.shared and each.name in with_source)
    told = (secrets_shared(copy.name, each.name, own, fleet.root, _secret_keys([each])) for each in shared)
    return lacking, [needed, *told]


def _of_sign_in(source: Hub) -> tuple[str, ...]:
    """Return the paths of the values that a hub's sign-in takes and that must be encrypted."""
    settings = next((each.settings for each in source.features if each.name == SIGN_IN), {})
    kind = str(settings.get("type"))
    which = str(settings.get(sign_in.KIND.get(kind, ""), ""))
    return sign_in.secret(kind, of=which, admins=bool(settings.get("admins")))


def _left(renaming: Renaming, drafts: Drafts) -> Iterator[str]:
    """Tell of lines in the new files that still have a name of the source."""
    for change in drafts.changes:
        for name, lines in renaming.left(change.after.decode()) if change.before is None else ():
            more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
            where = ", ".join(map(str, lines[:_SHOWN])) + more
            yield f"{change.name} still has `{name}`, in line{'s' if len(lines) > 1 else ''} {where}"


def _notes(
    fleet: Fleet, owner: Cluster, target: Cluster, source: Hub, found: Sequence[Fate]
) -> Iterator[str]:
    for name in used_by_one(fleet, source, list(found)):
        yield f"{name} is used by two hubs now: what is changed in it changes both"
    if source.domain_override:
        yield f"`domain_override_file` of {source.name} is not copied"
    if type(owner.provider) is not type(target.provider):
        yield f"{owner.name} is on another provider: look for what holds there only"
