"""Secrets in clear text are errors, and nothing that is printed shows them."""

from pathlib import Path

import pytest

from mlinfra.diagnostics import Span
from mlinfra.diagnostics.secrecy import looks_secret, masked
from mlinfra.source.secrets import secrets
from mlinfra.source.tree import Scalar
from tests.source.report import HEADER, report

OR_SAY_SO = "; if it is no secret: # mlinfra: ignore MLI219 because …"
CASES = {
    "a secret by its key": (
        """\
data:
  a: {password: hunter2, nested: [{client_secret: 'x y'}], token: {vault: main, secret: db}, secret_name: db}
""",
        """\
ml-platform.yaml:11:17: error[MLI219]: the value of "password" is written in clear text
   11 |   a: {password: *******, nested: [{client_secret: ** **}], token: {vault: main, secret: db}, secret_name: db}
      |                 ^^^^^^^
   help: password takes no secret: put it into a key vault, where whoever needs it reads it; [or say so]
ml-platform.yaml:11:51: error[MLI219]: the value of "client_secret" is written in clear text
   11 |   a: {password: *******, nested: [{client_secret: ** **}], token: {vault: main, secret: db}, secret_name: db}
      |                                                   ^^^^^
   help: client_secret takes no secret: put it into a key vault, where whoever needs it reads it; [or say so]
2 errors
""",
    ),
    "a secret in a text, a comment and a block": (
        """\
# sig=abcdefghijklmnopqrstuvwxyz
jobs:
  a:
    command: >-
      curl 'https://x/y?sv=1&sig=abcdefghijklmnopqrstuvwxyz'
      --out y
    b: 'Server=x;Password=hunter2;' # pwd=hunter2
""",
        """\
ml-platform.yaml:13:14: error[MLI219]: a SAS token is written in clear text
   13 |     command: **
      |              ^^
   help: command takes no secret: put it into a key vault, where whoever needs it reads it
ml-platform.yaml:16:8: error[MLI219]: a password is written in clear text
   16 |     b: **************************** # pwd=*******
      |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   help: b takes no secret: put it into a key vault, where whoever needs it reads it; [or say so]
2 errors
""",
    ),
    "a secret in an override, a variable and an alias": (
        """\
    overrides: {data: {a: {api_key: a-b1c}}}
variables:
  v: {type: string, default: 'AccountKey=abcdefghijkl'}
x-common: &common {pat: abc12345}
data:
  a: *common
  b: {<<: *common}
""",
        """\
ml-platform.yaml:10:37: error[MLI219]: the value of "api_key" is written in clear text
   10 |     overrides: {data: {a: {api_key: *****}}}
      |                                     ^^^^^
   help: api_key takes no secret: put it into a key vault, where whoever needs it reads it; [or say so]
ml-platform.yaml:12:30: error[MLI219]: a connection string with its key is written in clear text
   12 |   v: {type: string, default: *************************}
      |                              ^^^^^^^^^^^^^^^^^^^^^^^^^
   help: variables take no secret: write {vault: <entry of key_vaults>, secret: <name>} where a field takes one
ml-platform.yaml:13:25: error[MLI219]: the value of "pat" is written in clear text
   13 | x-common: &common {pat: ********}
      |                         ^^^^^^^^
   help: pat takes no secret: put it into a key vault, where whoever needs it reads it; [or say so]
3 errors
""",
    ),
    "a secret beside an error of the syntax": (
        "data: {a: 'AccountKey=abcdefghijkl', b: [}\n",
        """\
ml-platform.yaml:10:42: error[MLI104]: YAML does not parse: did not find expected node content
   10 | data: {a: '************************* b: [}
      |                                          ^
   help: write a value, or close the bracket that is opened above
1 error
""",
    ),
}

B64 = "abcdEFGH0123+/xyABCDefgh4567mnopQRST89uvWXYZabcdEFGH0123+/xyABCDefgh4567mnopQRST89uvWX"  # 86 characters
SECRETS = {
    "a storage account's key": f"{B64}==",
    "a connection string": f"DefaultEndpointsProtocol=https;AccountName=x;AccountKey={B64}==;EndpointSuffix=x.net",
    "a service bus": "Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey=abcdefghijklmnop=",
    "a database": "Server=tcp:x.database.windows.net;User ID=a;Password=hunter2;Encrypt=True",
    "a SAS": "https://x.blob.core.windows.net/a?sv=2024-01-01&sp=r&sig=abcdEFGH0123%2Bxy%3D",
    "a SAS alone": "sv=2024-01-01&sp=r&sig=abcdEFGH0123%2Bxy%3D",
    "a JSON web token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-DEF_123",
    "a private key": "-----BEGIN RSA PRIVATE KEY-----",
    "an OpenSSH key": "-----BEGIN OPENSSH PRIVATE KEY-----",
    "an Azure DevOps token": "a2b3c4d5e6f7a2b3c4d5e6f7a2b3c4d5e6f7a2b3c4d5e6f7a2b3",
    "a GitHub token": "ghp_" + "a1B2" * 9,
    "a Databricks token": "dapi" + "0123456789abcdef" * 2,
    "a client secret": "abc8Q~" + "aB1~" * 8,
    "a password in a URL": "https://user:hunter2@example.com/simple",
    "a password of a command": "python train.py --password=hunter2",
}
WHOLE = {  # secrets from their first character to their last, each found by what stands inside it
    "a storage account's key": SECRETS["a storage account's key"],
    "a key of a service": f"{B64[:52]}JQQJ99{B64[:26]}",
    "an older key": f"{B64[:50]}+ASt{B64[:8]}==",
    "an Azure DevOps token": f"{'aB1c' * 19}AZDO1aB2",
    "a client secret": SECRETS["a client secret"],
}
NO_SECRETS = {
    "instrumentation": "InstrumentationKey=11111111-1111-1111-1111-111111111111;IngestionEndpoint=https://x.in.example/",
    "a hash": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "a revision": "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "a variable of the shell": "python train.py --password=$PASSWORD --token=$(TOKEN)",
    "an input": "python train.py --password=${{inputs.password}}",
    "an id": "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers/Microsoft.Storage/s/x",
    "a port": "https://example.com:8080/a@b",
    "an address": "git+https://git@example.com/x",
    "a sentence": "The password is kept in the vault; keys are off",
}


@pytest.mark.parametrize(("spec", "expected"), CASES.values(), ids=CASES)
def test_the_report_on_secrets(spec: str, expected: str, tmp_path: Path) -> None:
    assert report(tmp_path, HEADER + spec) == expected.replace("; [or say so]", OR_SAY_SO)


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS)
def test_what_looks_like_a_secret_is_one(text: str) -> None:
    found = secrets(Scalar(text, Span("f", 1, 1, 1, 2)))
    assert [diagnostic.code.id for diagnostic in found] == ["MLI219"]
    assert "*" in masked(text)


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE)
def test_a_secret_gets_stars_from_its_first_character_to_its_last(text: str) -> None:
    assert looks_secret(text) is not None
    assert masked(f"x: {text}, y") == f"x: {'*' * len(text)}, y"


@pytest.mark.parametrize("text", NO_SECRETS.values(), ids=NO_SECRETS)
def test_what_only_resembles_a_secret_is_none(text: str) -> None:
    assert secrets(Scalar(text, Span("f", 1, 1, 1, 2))) == []
    assert masked(text) == text
