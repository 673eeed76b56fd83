"""Reports for tests: of the churn example after an edit that does much, and of small specs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from mlinfra.commands.compared import Run, compared
from mlinfra.commands.options import Settings
from mlinfra.commands.report import page_of
from mlinfra.commands.session import Request, compiled, place_of

ROOT = Path(__file__).parents[2]
EDITS = (
    ("storage_accounts:\n  lake:\n", "storage_accounts:\n  dl:\n"),
    ("account_name: lake", "account_name: dl"),
    ("compute_instances:\n", "  gpu: {size: Standard_NC24ads_A100_v4, max_instances: 4}\n\ncompute_instances:\n"),
    ("targets: [dev, test]\n  release:", "targets: [dev, test, prod]\n  release:"),
    ("schedules:\n", "schedules:\n  # nothing\n"),
)


def churn(folder: Path) -> Path:
    """A repository with the example and its output, and then the edits."""
    for name in ("specs/churn", "generated/churn", "requirements"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("pyproject.toml",):
        shutil.copy(ROOT / name, folder / name)
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "a"],
    ):
        subprocess.run(["git", "-C", folder, *command], check=True)
    spec = folder / "specs/churn/ml-platform.yaml"
    text = spec.read_text(encoding="utf-8")
    for old, new in EDITS:
        assert old in text, old
        text = text.replace(old, new)
    spec.write_text(text, encoding="utf-8")
    return spec


def report_of(spec: Path) -> str:
    """What `mlinfra report` prints for a spec, against the output beside it."""
    settings = Settings(file=str(spec), verbosity=-1)
    request = Request.of(settings)
    outcome = compiled(request)
    assert outcome.compiled is not None, outcome.diagnostics
    place = place_of(request, outcome.compiled, None)
    return page_of(compared(Run(request, outcome.compiled, place, None, settings)))
