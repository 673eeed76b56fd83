"""docs/pictures/report.png: the report of an edit of specs/churn, taken by a Chromium of this machine.

Run by `make pictures`, at the root of the repository.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs/pictures/report.png"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
SIZE = (1280, 860)  # pixels
EDITS = (  # a storage account is called otherwise, and prod gets a GPU cluster
    ("storage_accounts:\n  lake:\n", "storage_accounts:\n  landing:\n"),
    ("account_name: lake", "account_name: landing"),
    (
        "compute_instances:\n",
        "  gpu: {size: Standard_NC24ads_A100_v4, max_instances: 4, targets: [prod]}\n\ncompute_instances:\n",
    ),
)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root, page = Path(folder) / "repository", Path(folder) / "report.html"
        spec = edited(root)
        command = [sys.executable, "-m", "mlinfra", "-q", "-f", str(spec), "report"]
        page.write_bytes(subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE).stdout)
        PICTURE.parent.mkdir(exist_ok=True)
        take(PICTURE, SIZE, f"{page.as_uri()}#theme=light")


def take(picture: Path, size: tuple[int, int], address: str) -> None:
    """A picture of a page."""
    browser = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if browser is None:
        sys.exit("there is no Chromium on this machine: apt-get install chromium")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command = [browser, *options, f"--window-size={size[0]},{size[1]}", f"--screenshot={picture}", address]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def edited(root: Path, *options: str) -> Path:
    """The spec of a clone of this repository with the edit in it, which is not committed."""
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", *options, ROOT, root], check=True)
    spec = root / "specs/churn/ml-platform.yaml"
    text = spec.read_text(encoding="utf-8")
    for old, new in EDITS:
        if old not in text:
            sys.exit(f"specs/churn holds no {old!r} any more: edit tools/report_picture.py")
        text = text.replace(old, new)
    spec.write_text(text, encoding="utf-8")
    return spec


if __name__ == "__main__":
    main()
