"""Every path of the output is one below its folder, on every system; another one is an error of the emitter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mlinfra.emit.output_file import OutputFile
from mlinfra.output.local_disk import LocalDisk
from mlinfra.output.output import Output

OUTSIDE = (
    *("", "/", "/etc/passwd", ".", "..", "a/../../b", "a//b", "a/./b", "a/", "./a", "../../../infra/network.bicep"),
    *("a\\b", "..\\x", "C:", "C:/x", "a:b", "a\nb", "a\0b", "a\u202eb", "a b", "a\tb", "a#b", "~"),
    *(".git/hooks/pre-commit", "a/.git", ".GIT/config", "...", "a/..../b"),
    *("con", "dev/AUX.yml", "nul.bicep", "com1", "lpt9.txt", "a./b", "a."),
)


@pytest.mark.parametrize("path", OUTSIDE)
def test_a_path_that_could_lead_elsewhere_is_none_of_an_output_file(path: str) -> None:
    with pytest.raises(ValueError, match="an output file would have the path"):
        OutputFile(path, "", None, ())


@pytest.mark.parametrize("path", [".gitattributes", "README.md", "dev/infra/shared-rg_(größe).x.bicep", "a/b-c/d.e"])
def test_what_emitters_write_is_a_path(path: str) -> None:
    assert OutputFile(path, "", None, ()).path == path


@pytest.mark.parametrize("paths", [("a", "a"), ("dev/a.yml", "DEV/a.yml"), ("manifest.json",)])
def test_two_files_are_never_one(paths: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="two output files would have the path"):
        Output(tuple(OutputFile(path, "", None, ()) for path in paths), "")


@pytest.mark.parametrize("path", ["", "/etc/passwd", "..", "a/../b", "a//b", "a/.", "a\0b"])
def test_a_disk_takes_no_path_out_of_its_folder(path: str, tmp_path: Path) -> None:
    disk = LocalDisk(tmp_path / "out")
    acts: tuple[Callable[[str], object], ...] = (
        disk.read,
        disk.remove,
        disk.remove_folder,
        lambda path: disk.write(path, b""),
        lambda path: disk.replace(path, path),
    )
    for act in acts:
        with pytest.raises(ValueError, match="is no path below a folder"):
            act(path)
