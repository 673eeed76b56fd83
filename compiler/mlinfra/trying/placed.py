"""What is served, in a folder of its own: the code as it would be uploaded, the model under its own name."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from mlinfra.repository.files import Files
from mlinfra.repository.uploads import selected_files
from mlinfra.source.named_yaml import mapping_in
from mlinfra.trying.served import NotServed, Packages, packages_of

MLMODEL = "MLmodel"  # the file by which MLflow knows a model


def placed_model(files: Files, typed: Path | None, named: Path | None, folder: Path) -> Path | None:
    """The model in a folder: what a person typed, else what the spec names in the repository; None where neither is.

    Raises Unreadable where what the spec names can't be uploaded, NotServed where what was typed can't be copied.
    """
    if typed is not None:
        folder.mkdir()
        target = folder / typed.name
        try:
            if typed.is_dir():
                shutil.copytree(typed, target)
            else:
                shutil.copy2(typed, target)
        except shutil.Error as error:  # of each file: from where, to where, why
            raise NotServed(f"its model can't be copied: {error.args[0][0][2]}") from None
        except OSError as error:
            raise NotServed(f"its model can't be copied: {error}") from None
        return target
    if named is None:
        return None
    target = folder / named.name
    if files.leads(named).kind == "file":
        copy_uploaded(files, named, folder)
    else:
        copy_uploaded(files, named, target)
    return target


def copy_uploaded(files: Files, source: Path, folder: Path) -> None:
    """What is uploaded of a folder, or a file, into a folder; raises Unreadable."""
    for file in files.once(source, selected_files):
        place = folder / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file.source, place)


def mlflow_folder(model: Path | None) -> Path | None:
    """The folder that MLflow saved: the model's own, or the only one below it."""
    found = sorted(model.rglob(MLMODEL)) if model else []
    return found[0].parent if len(found) == 1 else None


def packages_of_model(model: Path | None) -> Packages | None:
    """What MLflow has written down of the packages of a model; raises Unreadable."""
    saved = mlflow_folder(model)
    if saved is None or not (saved / "conda.yaml").is_file():
        return None
    folder = Path(os.path.realpath(saved))
    conda = mapping_in(Files(folder), folder / "conda.yaml")
    return packages_of(conda) if conda else None


def own(program: str, folder: Path) -> str:
    """A copy of a program where nothing else lies: Python looks for modules beside what it runs."""
    place = folder / "program"
    place.mkdir(exist_ok=True)
    return shutil.copy(program, str(place))
