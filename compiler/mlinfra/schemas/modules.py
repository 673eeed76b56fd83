"""Which packages give which modules: where the names differ, and what packages bring with them.

As of the packages' own metadata in 2026. A name that stands nowhere here is that of its package, with - for _ and dots.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

# Modules of Python 3.11 that later versions no longer have (3.12 and 3.13, "What's New", Removed).
_REMOVED = """
aifc asynchat asyncore audioop cgi cgitb chunk crypt distutils imghdr imp lib2to3 mailcap msilib nis nntplib ossaudiodev
pipes smtpd sndhdr spwd sunau telnetlib uu xdrlib
"""
STANDARD_LIBRARY = frozenset(sys.stdlib_module_names) | frozenset(_REMOVED.split())

# Module, then the packages of pip and of conda any one of which gives it; the first is the one to suggest.
_GIVEN_BY = """
Crypto: pycryptodome
Cryptodome: pycryptodomex
IPython: ipython
MySQLdb: mysqlclient
OpenSSL: pyopenssl
PIL: pillow
Xlib: python-xlib
absl: absl-py
adlfs: adlfs
attr: attrs
azure.ai.formrecognizer: azure-ai-formrecognizer
azure.core: azure-core
azure.keyvault.secrets: azure-keyvault-secrets
azure.storage.filedatalake: azure-storage-file-datalake
azure.storage.fileshare: azure-storage-file-share
azureml.ai.monitoring: azureml-ai-monitoring
azureml.data: azureml-core
azureml.evaluate: azureml-evaluate-mlflow
azureml.fsspec: azureml-fsspec
bs4: beautifulsoup4
cairo: pycairo
category_encoders: category-encoders
community: python-louvain
cv2: opencv-python opencv-python-headless opencv-contrib-python opencv-contrib-python-headless opencv py-opencv
  libopencv
dateutil: python-dateutil
deltalake: deltalake
dns: dnspython
docx: python-docx
dotenv: python-dotenv
en_core_web_sm: en-core-web-sm spacy-model-en-core-web-sm
faiss: faiss-cpu faiss-gpu faiss
fitz: pymupdf
flask_cors: flask-cors
gi: pygobject
git: gitpython
google.protobuf: protobuf
grpc: grpcio
haystack: haystack-ai farm-haystack
igraph: igraph python-igraph
imblearn: imbalanced-learn
jose: python-jose
jwt: pyjwt
kafka: kafka-python kafka-python-ng
keras: keras tensorflow tensorflow-cpu
ldap: python-ldap
lightgbm: lightgbm py-lightgbm
llama_index: llama-index llama-index-core
magic: python-magic
markdown: markdown
memcache: python-memcached
mlflow: mlflow mlflow-skinny azureml-mlflow
mpl_toolkits: matplotlib
msgpack: msgpack msgpack-python
nacl: pynacl
ncls: ncls
odf: odfpy
onnxruntime: onnxruntime onnxruntime-gpu onnxruntime-openvino
osgeo: gdal
pkg_resources: setuptools
pptx: python-pptx
psycopg2: psycopg2-binary psycopg2
pymssql: pymssql
pylab: matplotlib
pythoncom: pywin32
pytorch_lightning: pytorch-lightning lightning
ruamel.yaml: ruamel-yaml
sentence_transformers: sentence-transformers
serial: pyserial
skimage: scikit-image
sklearn: scikit-learn scikit-learn-intelex
sklearnex: scikit-learn-intelex
skopt: scikit-optimize
slugify: python-slugify
snowflake.connector: snowflake-connector-python
socks: pysocks
surprise: scikit-surprise
talib: ta-lib
tensorflow: tensorflow tensorflow-cpu tensorflow-gpu intel-tensorflow
tflite_runtime: tflite-runtime
tlz: toolz
torch: torch pytorch pytorch-cpu pytorch-gpu
torchvision: torchvision torchvision-cpu
umap: umap-learn
usb: pyusb
websocket: websocket-client
whisper: openai-whisper
win32api: pywin32
wx: wxpython
xgboost: xgboost xgboost-cpu py-xgboost py-xgboost-cpu py-xgboost-gpu
yaml: pyyaml
zmq: pyzmq
"""

# Package, then what it installs besides: what is imported by its help is not written a second time.
_BRINGS = """
albumentations: numpy opencv-python-headless pyyaml scipy pydantic
azure-ai-ml: azure-common azure-core azure-mgmt-core azure-storage-blob azure-storage-file-datalake
  azure-storage-file-share colorama isodate jsonschema marshmallow msrest pydash pyjwt pyyaml strictyaml tqdm
  typing-extensions
azure-identity: azure-core cryptography msal msal-extensions
azure-keyvault-secrets: azure-core isodate
azure-monitor-opentelemetry-exporter: azure-core msrest opentelemetry-api opentelemetry-sdk psutil
azure-storage-blob: azure-core cryptography isodate
azureml-ai-monitoring: azureml-fsspec mltable numpy pandas
azureml-core: azure-common azure-core azure-graphrbac azure-mgmt-authorization azure-mgmt-containerregistry
  azure-mgmt-keyvault azure-mgmt-resource azure-mgmt-storage cryptography docker jmespath jsonpickle msrest
  msrestazure packaging pathspec pyjwt pyopenssl python-dateutil pytz requests urllib3
azureml-dataset-runtime: azureml-dataprep numpy pyarrow
azureml-defaults: azureml-core azureml-dataset-runtime azureml-inference-server-http configparser json-logging-py
azureml-fsspec: azureml-dataprep fsspec pytz
azureml-inference-server-http: azure-monitor-opentelemetry-exporter certifi flask flask-cors gunicorn inference-schema
  opentelemetry-api opentelemetry-sdk opentelemetry-semantic-conventions pydantic pydantic-settings werkzeug
azureml-mlflow: azure-common azure-core azure-identity azure-storage-blob cryptography jsonpickle mlflow-skinny msrest
  python-dateutil pytz
catboost: graphviz matplotlib numpy pandas plotly scipy six
category-encoders: numpy pandas patsy scikit-learn scipy statsmodels
darts: holidays joblib matplotlib numpy pandas scikit-learn scipy statsmodels tqdm xarray
datasets: dill fsspec huggingface-hub numpy pandas pyarrow pyyaml requests tqdm
fastapi: pydantic starlette typing-extensions
flask: blinker click itsdangerous jinja2 markupsafe werkzeug
gensim: numpy scipy smart-open
geopandas: numpy packaging pandas pyproj shapely
huggingface-hub: filelock fsspec packaging pyyaml requests tqdm typing-extensions
imbalanced-learn: joblib numpy scikit-learn scipy threadpoolctl
inference-schema: python-dateutil pytz wrapt
jinja2: markupsafe
keras: absl-py h5py numpy optree packaging rich
langchain: langchain-core langchain-text-splitters langsmith pydantic pyyaml requests sqlalchemy
lightgbm: numpy scipy
lightning: fsspec numpy packaging pytorch-lightning pyyaml torch torchmetrics tqdm
matplotlib: contourpy cycler fonttools kiwisolver numpy packaging pillow pyparsing python-dateutil
mlflow: alembic cryptography docker flask graphene gunicorn jinja2 markdown matplotlib mlflow-skinny mlflow-tracing
  numpy pandas pyarrow scikit-learn scipy sqlalchemy
mlflow-skinny: cachetools click cloudpickle databricks-sdk gitpython importlib-metadata opentelemetry-api
  opentelemetry-sdk packaging protobuf pyyaml requests sqlparse
mltable: azureml-dataprep jsonschema msrest pyyaml pytz
onnxruntime: numpy packaging protobuf sympy coloredlogs flatbuffers
openai: anyio distro httpx jiter pydantic sniffio tqdm typing-extensions
opencv-python: numpy
opencv-python-headless: numpy
pandas: numpy python-dateutil pytz six tzdata
peft: accelerate huggingface-hub numpy packaging psutil pyyaml safetensors torch tqdm transformers
plotly: narwhals packaging tenacity
prophet: cmdstanpy holidays matplotlib numpy pandas tqdm
pydantic: annotated-types pydantic-core typing-extensions
pyspark: py4j
pytorch: filelock fsspec jinja2 networkx numpy sympy typing-extensions
pytorch-lightning: fsspec numpy packaging pyyaml torch torchmetrics tqdm
requests: certifi charset-normalizer idna urllib3
scikit-image: imageio lazy-loader networkx numpy packaging pillow scipy tifffile
scikit-learn: joblib numpy scipy threadpoolctl
scikit-learn-intelex: joblib numpy scikit-learn scipy threadpoolctl
scipy: numpy
seaborn: matplotlib numpy pandas
sentence-transformers: huggingface-hub numpy pillow scikit-learn scipy torch tqdm transformers
shap: cloudpickle numba numpy packaging pandas scikit-learn scipy slicer tqdm
skl2onnx: numpy onnx onnxconverter-common scikit-learn scipy
spacy: catalogue cymem jinja2 murmurhash numpy packaging preshed pydantic requests spacy-legacy spacy-loggers srsly
  thinc tqdm typer wasabi weasel
statsmodels: numpy packaging pandas patsy scipy
tensorflow: absl-py astunparse flatbuffers gast grpcio h5py keras numpy packaging protobuf requests setuptools six
  termcolor typing-extensions wrapt
timm: huggingface-hub numpy pyyaml safetensors torch torchvision
tokenizers: huggingface-hub
torch: filelock fsspec jinja2 networkx sympy typing-extensions
torchvision: numpy pillow torch
transformers: filelock huggingface-hub numpy packaging pyyaml regex requests safetensors tokenizers tqdm
ultralytics: matplotlib numpy opencv-python pillow polars psutil pyyaml requests scipy torch torchvision
uvicorn: click h11
xgboost: numpy scipy
"""

ALWAYS = ("pip", "setuptools", "wheel")  # conda installs them with Python


def _rows(table: str) -> Mapping[str, tuple[str, ...]]:
    rows = (row.partition(":") for row in table.strip().replace("\n  ", " ").splitlines())
    return MappingProxyType({first: tuple(others.split()) for first, _, others in rows})


GIVEN_BY = _rows(_GIVEN_BY)
BRINGS = _rows(_BRINGS)
_KNOWN = frozenset(name for table in (GIVEN_BY, BRINGS) for names in table.values() for name in names) | {*BRINGS}
# Modules that many packages put theirs into: of those below them too, the next one says whose it is.
SHARED = frozenset({"azure", "azureml", "google", "opentelemetry"})
_SHARED_BELOW = frozenset({
    *("azure.ai", "azure.communication", "azure.data", "azure.iot", "azure.keyvault", "azure.mgmt", "azure.monitor"),
    *("azure.search", "azure.storage", "azureml.contrib", "azureml.train", "google.cloud", "opentelemetry.exporter"),
    *("opentelemetry.instrumentation", "opentelemetry.sdk"),
})  # fmt: skip
_SAME = {  # a package of conda, and what pip calls it
    "pytorch": "torch",
    "pytorch-cpu": "torch",
    "pytorch-gpu": "torch",
    "py-xgboost": "xgboost",
    "py-xgboost-cpu": "xgboost",
    "py-xgboost-gpu": "xgboost",
    "xgboost-cpu": "xgboost",
    "tensorflow-cpu": "tensorflow",
    "tensorflow-gpu": "tensorflow",
    "intel-tensorflow": "tensorflow",
}


def normal(name: str) -> str:
    """A package's name as PEP 503 compares names.

    >>> normal("Azure_AI.ml")
    'azure-ai-ml'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def named_as_by_pip(package: str) -> str:
    """The one name of a package that conda calls otherwise."""
    return _SAME.get(package, package)


def all_installed(packages: Iterable[str]) -> frozenset[str]:
    """Normal names of packages, and what they bring with them, however indirectly."""
    pending, found = [*packages, *ALWAYS], set[str]()
    while pending:
        package = pending.pop()
        if package not in found:
            found.add(package)
            pending += BRINGS.get(package, BRINGS.get(named_as_by_pip(package), ()))
    return frozenset(found)


def is_given(modules: Iterable[str], installed: frozenset[str]) -> bool:
    """Whether one of these packages gives one of the modules that an import may name."""
    return any(not installed.isdisjoint(_packages_of(module)) for module in modules)


def _packages_of(module: str) -> tuple[str, ...]:
    plain = normal(module)
    usual = (plain, f"python-{plain}", f"{plain}-python", f"py{plain}", f"py-{plain}")
    return (*usual, *GIVEN_BY.get(module, ()))


def is_known(package: str) -> bool:
    """Whether a package of that name is one of the usual ones: any other name may be somebody else's on an index."""
    return package in _KNOWN


def suggested(modules: Sequence[str]) -> str:
    """The package that most likely gives the module of an import; `modules` are what it may name, the shortest first.

    >>> [suggested(modules) for modules in (["sklearn", "sklearn.svm"], ["azure", "azure.identity"], ["contoso_tools"])]
    ['scikit-learn', 'azure-identity', 'contoso-tools']
    """
    known = [module for module in modules if module in GIVEN_BY]
    if known:
        return GIVEN_BY[known[-1]][0]
    return normal(named(modules))


def named(modules: Sequence[str]) -> str:
    """The module of an import that says whose it is: not `azure`, which many packages share.

    >>> [named(each) for each in (["yaml"], ["azure", "azure.identity"], ["azure", "azure.ai", "azure.ai.ml"])]
    ['yaml', 'azure.identity', 'azure.ai.ml']
    """
    shared = SHARED | _SHARED_BELOW
    return next((module for module in modules if module not in shared), modules[-1])
