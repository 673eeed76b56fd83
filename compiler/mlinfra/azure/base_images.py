"""Images below `mcr.microsoft.com/azureml/` that environments are built from.

Which ones are kept up, and until when: BASE and CURATED as of 2026-03-16 and 2026-07-23, INFERENCE as of 2025-09-24.
Others may have come since, so an unknown name is a question, not an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

REGISTRY = "mcr.microsoft.com"
FOLDER = f"{REGISTRY}/azureml/"
BASE = "https://github.com/Azure/AzureML-Containers"
INFERENCE = "https://learn.microsoft.com/azure/machine-learning/concept-prebuilt-docker-images-inference"
CURATED = "https://github.com/Azure/azureml-assets"

# retired: the day of the note in BASE; of 18.04 and of images for inference the end of their Ubuntu, until which
# images are kept up (BASE, "Compatibility and Support"); p: the page, B or I for INFERENCE
_TABLE = """
image                                                     retired     p  successor
openmpi4.1.0-ubuntu22.04                                  -           B  -
openmpi5.0-ubuntu24.04                                    -           B  -
openmpi5.0-cuda12.4-ubuntu22.04                           -           B  -
openmpi5.0-cuda12.5-ubuntu22.04                           -           B  -
openmpi5.0-cuda12.6-ubuntu24.04                           -           B  -
openmpi5.0-cuda12.8-ubuntu24.04                           -           B  -
openmpi5.0-cuda13.1-ubuntu24.04                           -           B  -
minimal-py312-inference                                   -           I  -
minimal-ubuntu22.04-py39-cpu-inference                    -           I  -
minimal-ubuntu22.04-py39-cuda11.8-gpu-inference           -           I  -
openmpi4.1.0-cuda11.8-cudnn8-ubuntu22.04                  2025-09-09  B  openmpi5.0-cuda12.4-ubuntu22.04
openmpi4.1.0-ubuntu20.04                                  2025-02-24  B  openmpi4.1.0-ubuntu22.04
openmpi4.1.0-cuda11.1-cudnn8-ubuntu20.04                  2025-02-24  B  openmpi5.0-cuda12.4-ubuntu22.04
openmpi4.1.0-cuda11.2-cudnn8-ubuntu20.04                  2025-02-24  B  openmpi5.0-cuda12.4-ubuntu22.04
openmpi4.1.0-cuda11.3-cudnn8-ubuntu20.04                  2025-02-24  B  openmpi5.0-cuda12.4-ubuntu22.04
openmpi4.1.0-cuda11.6-cudnn8-ubuntu20.04                  2025-02-24  B  openmpi5.0-cuda12.4-ubuntu22.04
openmpi4.1.0-spark3-ubuntu20.04                           2023-01-19  B  openmpi4.1.0-ubuntu22.04
openmpi4.1.0-cuda11.0.3-cudnn8-ubuntu18.04                2023-05-31  B  openmpi5.0-cuda12.4-ubuntu22.04
openmpi4.1.0-cuda11.1-cudnn8-ubuntu18.04                  2023-05-31  B  openmpi5.0-cuda12.4-ubuntu22.04
openmpi3.1.2-ubuntu18.04                                  2023-05-31  B  openmpi4.1.0-ubuntu22.04
openmpi3.1.2-cuda10.0-cudnn7-ubuntu18.04                  2023-05-31  B  openmpi5.0-cuda12.4-ubuntu22.04
openmpi3.1.2-cuda10.1-cudnn7-ubuntu18.04                  2023-05-31  B  openmpi5.0-cuda12.4-ubuntu22.04
openmpi3.1.2-cuda10.2-cudnn7-ubuntu18.04                  2023-05-31  B  openmpi5.0-cuda12.4-ubuntu22.04
openmpi3.1.2-cuda10.2-cudnn8-ubuntu18.04                  2023-05-31  B  openmpi5.0-cuda12.4-ubuntu22.04
openmpi3.1.2-ubuntu16.04                                  2021-06-08  B  openmpi4.1.0-ubuntu22.04
openmpi3.1.2-cuda9.0-cudnn7-ubuntu16.04                   2021-06-08  B  openmpi5.0-cuda12.4-ubuntu22.04
openmpi3.1.2-cuda10.0-cudnn7-ubuntu16.04                  2021-06-08  B  openmpi5.0-cuda12.4-ubuntu22.04
intelmpi2018.3-ubuntu16.04                                2021-06-08  B  openmpi4.1.0-ubuntu22.04
intelmpi2018.3-cuda9.0-cudnn7-ubuntu16.04                 2021-06-08  B  openmpi5.0-cuda12.4-ubuntu22.04
intelmpi2018.3-cuda10.0-cudnn7-ubuntu16.04                2021-06-08  B  openmpi5.0-cuda12.4-ubuntu22.04
minimal-ubuntu20.04-py38-cpu-inference                    2025-05-31  I  minimal-py312-inference
minimal-ubuntu20.04-py38-cuda11.6.2-gpu-inference         2025-05-31  I  minimal-ubuntu22.04-py39-cuda11.8-gpu-inference
mlflow-ubuntu20.04-py38-cpu-inference                     2025-05-31  I  curated/mlflow-py312-inference
minimal-ubuntu18.04-py37-cpu-inference                    2023-05-31  I  minimal-py312-inference
minimal-ubuntu18.04-py37-cuda11.0.3-gpu-inference         2023-05-31  I  minimal-ubuntu22.04-py39-cuda11.8-gpu-inference
mlflow-ubuntu18.04-py37-cpu-inference                     2023-05-31  I  curated/mlflow-py312-inference
onnxruntime-1.6-ubuntu18.04-py37-cpu-inference            2023-05-31  I  minimal-py312-inference
pytorch-1.6-ubuntu18.04-py37-cpu-inference                2023-05-31  I  minimal-py312-inference
pytorch-1.7-ubuntu18.04-py37-cpu-inference                2023-05-31  I  minimal-py312-inference
pytorch-1.9-ubuntu18.04-py37-cuda11.0.3-gpu-inference     2023-05-31  I  minimal-ubuntu22.04-py39-cuda11.8-gpu-inference
pytorch-1.10-ubuntu18.04-py37-cpu-inference               2023-05-31  I  minimal-py312-inference
sklearn-0.24.1-ubuntu18.04-py37-cpu-inference             2023-05-31  I  minimal-py312-inference
tensorflow-1.15-ubuntu18.04-py37-cpu-inference            2023-05-31  I  minimal-py312-inference
tensorflow-2.4-ubuntu18.04-py37-cpu-inference             2023-05-31  I  minimal-py312-inference
tensorflow-2.4-ubuntu18.04-py37-cuda11.0.3-gpu-inference  2023-05-31  I  minimal-ubuntu22.04-py39-cuda11.8-gpu-inference
xgboost-0.9-ubuntu18.04-py37-cpu-inference                2023-05-31  I  minimal-py312-inference
"""

# What Azure ML builds for its own environments and runtimes; the tags of curated ones are numbers of versions.
_OWN = """
inference-base-2204 inference-base-cuda12.4-ubuntu22.04 o16n-base/python-assets
"""
# These get no new tags any more, and retire with it (retirements.py).
_OF_PROMPT_FLOW = "promptflow/promptflow-python promptflow/promptflow-runtime promptflow/promptflow-runtime-stable"
_CURATED = """
acft-draft-model-training acft-group-relative-policy-optimization acft-hf-nlp-data-import acft-hf-nlp-gpu
acft-medimageinsight-adapter-finetune acft-medimageinsight-embedding acft-medimageinsight-embedding-generator
acft-medimageparse-3d-finetune acft-medimageparse-finetune acft-mmdetection-image-gpu acft-mmtracking-video-gpu
acft-multimodal-gpu acft-rft-training acft-transformers-image-gpu acpt-automl-image-framework-selector-gpu
acpt-pytorch-1.13-cuda11.7 acpt-pytorch-2.2-cuda12.1 acpt-pytorch-2.8-cuda12.6 ai-ml-automl ai-ml-automl-dnn
ai-ml-automl-dnn-forecasting-gpu ai-ml-automl-dnn-gpu ai-ml-automl-dnn-text-gpu ai-ml-automl-dnn-text-gpu-ptca
ai-ml-automl-dnn-vision-gpu ai-ml-automl-gpu aoai-data-upload-finetune automl-dnn-vision-gpu automl-gpu component
data-labeling data-labeling-sam designer designer-cv designer-cv-transform designer-io designer-pytorch-2.3
designer-pytorch-2.3-train designer-r designer-recommender designer-transform designer-vowpalwabbit
evaluations-built-in foundation-model-inference foundation-model-serve general-langchain-app-deployment lightgbm-3.3
llm-rag-embeddings mldesigner mldesigner-minimal minimal-py311-inference minimal-py312-cuda12.4-inference
mlflow-model-inference mlflow-py312-inference responsibleai-tabular sklearn-1.0 sklearn-1.1 sklearn-1.5
slime-pytorch-2.9-cuda12.8 tensorflow-2.16-cuda11 tensorflow-2.16-cuda12
"""


@dataclass(frozen=True, slots=True)
class BaseImage:
    """One image of the table."""

    name: str  # below FOLDER
    source: str  # a page that says so
    retired: date | None = None  # no new tag since, so no fix of a hole either; old tags can still be pulled
    successor: str | None = None
    has_dates: bool = True  # its tags begin with the day on which it was built, and newer ones come


@dataclass(frozen=True, slots=True)
class Reference:
    """An image as an environment names it."""

    name: str  # below FOLDER
    tag: str | None
    has_digest: bool  # of its content: it can't change, whatever the tag

    @property
    def built(self) -> date | None:
        """The day that is read in the tag, YYYYMMDD.vN; None where it says none."""
        match = _DATED.fullmatch(self.tag or "")
        try:
            return date(*map(int, match.groups())) if match else None
        except ValueError:  # 20261399
            return None


_FOLDER = re.compile(f"{re.escape(REGISTRY)}(?::443)?/azureml/", re.IGNORECASE)  # 443: the port of https
_DATED = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.v\d+)?")


def reference(image: str) -> Reference | None:
    """The parts of an image's name, None where it is not one of Azure ML's.

    >>> reference("mcr.microsoft.com/azureml/openmpi5.0-ubuntu24.04:20260901.v1")
    Reference(name='openmpi5.0-ubuntu24.04', tag='20260901.v1', has_digest=False)
    >>> reference("MCR.microsoft.com:443/azureml/openmpi5.0-ubuntu24.04").name
    'openmpi5.0-ubuntu24.04'
    >>> reference("ubuntu:24.04")
    """
    below = _FOLDER.match(image)
    if below is None:
        return None
    named, at, _ = image[below.end() :].partition("@")
    name, _, tag = named.partition(":")
    return Reference(name.lower(), tag or None, bool(at))


_PAGES = {"B": BASE, "I": INFERENCE}


def _read(table: str) -> Iterator[BaseImage]:
    for line in table.strip().splitlines()[1:]:
        name, retired, page, successor = line.split()
        gone = retired != "-"
        yield BaseImage(name, _PAGES[page], date.fromisoformat(retired) if gone else None, successor if gone else None)


_ALL = (
    *_read(_TABLE),
    *(BaseImage(name, CURATED) for name in _OWN.split()),
    *(BaseImage(name, CURATED, has_dates=False) for name in _OF_PROMPT_FLOW.split()),
    *(BaseImage(f"curated/{name}", CURATED, has_dates=False) for name in _CURATED.split()),
)
BASE_IMAGES: Mapping[str, BaseImage] = MappingProxyType({image.name: image for image in _ALL})
TAGS: Mapping[str, str] = MappingProxyType(  # a tag of the last months that CURATED builds on, as of 2026-09
    {
        "openmpi4.1.0-ubuntu22.04": "20260715.v1",
        "openmpi5.0-ubuntu24.04": "20260901.v1",
        "openmpi5.0-cuda12.4-ubuntu22.04": "20260901.v1",
    }
)
SUPPORTED = tuple(image.name for image in _ALL if image.retired is None and image.source != CURATED)


def to_write(name: str) -> str:
    """What to write for an image: with a tag of this year where one is known here, else with the one a command prints.

    >>> to_write("openmpi5.0-ubuntu24.04")
    'write mcr.microsoft.com/azureml/openmpi5.0-ubuntu24.04:20260901.v1'
    >>> to_write("minimal-py312-inference")[:81]
    'write mcr.microsoft.com/azureml/minimal-py312-inference:<tag>, with the newest tag'
    """
    if tag := TAGS.get(name):
        return f"write {FOLDER}{name}:{tag}"
    known = BASE_IMAGES.get(name)
    tags = _NUMBERS if known and not known.has_dates else _DAYS
    list_tags = f"curl -s https://{REGISTRY}/v2/azureml/{name}/tags/list | {tags} | sort -V | tail -n 1"
    return f"write {FOLDER}{name}:<tag>, with the newest tag, which this prints: {list_tags}"


_DAYS = r"grep -oE '20[0-9]{6}\.v[0-9]+'"
_NUMBERS = """grep -oE '"[0-9]+"' | tr -d '"'"""  # the versions of a curated image
