"""What pipelines install, for a spec of a test: a wheel, a source and the hashes of what mlinfra needs."""

from __future__ import annotations

from pathlib import Path

from mlinfra.pipelines.requirements import BUILD_BACKEND, DEPENDENCIES, DISTRIBUTION

REQUIREMENTS = "tools/requirements.txt"
WHEEL = "tools/mlinfra_compiler-0.1.0-py3-none-any.whl"
SOURCE = "tools/mlinfra"
INDEX = "https://packages.contoso.example/feed/simple"

FROM_WHEEL = f"  install: {{wheel: {WHEEL}, requirements: {REQUIREMENTS}}}\n"
FROM_SOURCE = f"  install: {{source: {SOURCE}, requirements: {REQUIREMENTS}}}\n"
FROM_INDEX = f"  install: {{index: {INDEX}, requirements: {REQUIREMENTS}}}\n"

HASH = f"--hash=sha256:{'0' * 64}"
HASHED = "".join(f"{name}==1.0 \\\n    {HASH}\n" for name in (*DEPENDENCIES, BUILD_BACKEND, DISTRIBUTION))


def add_installation(root: Path) -> None:
    """Puts all that the three forms of `pipelines.install` above name below the root of a repository."""
    (root / SOURCE).mkdir(parents=True, exist_ok=True)
    (root / SOURCE / "pyproject.toml").write_text(f'[project]\nname = "{DISTRIBUTION}"\n', encoding="utf-8")
    (root / REQUIREMENTS).write_text(HASHED, encoding="utf-8")
    (root / WHEEL).write_bytes(b"a wheel")
