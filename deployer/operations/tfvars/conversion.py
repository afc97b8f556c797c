"""Make an `infrastructure` block of a .tfvars file of 2i2c's Terraform modules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.schema_files import whole
from deployer.operations.tfvars import aws, azure, gcp
from deployer.operations.tfvars.hcl import read
from deployer.operations.tfvars.taking import Report, Taking

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.operations.tfvars.taking import LeftOut

_MODULES = {"gcp": gcp, "aws": aws, "azure": azure}
PROVIDERS = tuple(_MODULES)
_EKS_ZONES = 2
_EKSCTL = "the file has no node pools: eksctl has those of AWS; write them under `node_pools`"
_SECOND_ZONE = "EKS wants two zones at least: add another one to `zones`"


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """The block, what of the file it leaves out, and what is missing in it for `deployer infra plan`."""

    file: str
    infrastructure: dict[str, Any]
    left_out: tuple[LeftOut, ...]
    missing: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """Return it as plain data (import-tfvars.schema.json)."""
        return {
            "file": self.file,
            "infrastructure": self.infrastructure,
            "left_out": [
                {"key": each.key, "line": each.line, "reason": each.reason} for each in self.left_out
            ],
            "missing": list(self.missing),
        }


def convert(path: Path, provider: str) -> Conversion:
    """Return the block that a file's variables for a provider's module become.

    Raises:
        DeployerError: the file cannot be read, or says something that no cluster can have.
    """
    module = _MODULES[provider]
    report = Report(name=str(path), reasons=module.REASONS)
    file = Taking(report, read(path, str(path)))
    block = module.convert(file)
    taken = file.taken
    file.leave_rest()
    if not taken:
        raise DeployerError(
            f"{path}: none of its variables are of the modules for {provider}",
            hint=f"is another `--provider` meant? there are {', '.join(PROVIDERS)}",
        )
    _check(block, str(path))
    missing = tuple(_missing(block)) if provider == "aws" else ()
    return Conversion(file=str(path), infrastructure=block, left_out=report.left_out(), missing=missing)


def _check(block: dict[str, Any], name: str) -> None:
    """Refuse what the schema does: values that were taken as they are, such as a taint's effect."""
    from jsonschema import Draft7Validator

    schema = whole("cluster")["properties"]["infrastructure"]
    found = sorted(Draft7Validator(schema).iter_errors(block), key=lambda error: error.json_path)
    if found:
        lines = [f"{name}: what it says is not possible"]
        lines += [f"  {error.json_path.removeprefix('$.')}: {error.message}" for error in found]
        raise DeployerError("\n".join(lines), hint="mend the file, and run the command again")


def _missing(block: dict[str, Any]) -> list[str]:
    found = [] if "node_pools" in block else [_EKSCTL]
    return found if len(block.get("zones", [])) >= _EKS_ZONES else [*found, _SECOND_ZONE]
