"""Whatever language a machine speaks, scripts read what other programs say, and sort, in the same way."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from mlinfra.formats.jinja import TEMPLATES
from mlinfra.pipelines.scripts import scripts
from tests.scripts.example import PLATFORM

# A local LC_ALL reaches no other program where the environment has none, only LANG.
GERMAN = """\
#!/usr/bin/env bash
if [[ "${LC_ALL-}" == C ]]; then
  echo "fatal: not a git repository (or any of the parent directories): .git" >&2
else
  echo "fatal: Kein Git-Repository (oder irgendein Elternverzeichnis): .git" >&2
fi
exit 128
"""


def test_a_folder_without_git_is_known_in_any_language(tmp_path: Path) -> None:
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / "lib.sh").write_text(scripts(PLATFORM)["lib.sh"])
    (folder / "git").write_text(GERMAN)
    (folder / "git").chmod(0o755)
    command = ["bash", "-c", '. "$0/lib.sh"; find_upload a/b.yml; printf %s "${upload}"', str(folder)]
    environment = {"PATH": f"{folder}:/usr/bin:/bin", "TMPDIR": str(tmp_path), "LANG": "de_DE.UTF-8"}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, f"{tmp_path}/a/b.yml"), ended.stderr


def test_what_is_sorted_is_sorted_by_bytes() -> None:
    """A hash over files in the order of a language is another one where people speak another."""
    sorts = [
        line.strip()
        for template in sorted(TEMPLATES.rglob("*.sh.j2"))
        for line in template.read_text(encoding="utf-8").splitlines()
        if not line.lstrip().startswith("#") and re.search(r"\bsort\s", line)
    ]
    assert len(sorts) >= 5
    assert [line for line in sorts if re.search(r"(?<!LC_ALL=C )\bsort\s", line)] == []
