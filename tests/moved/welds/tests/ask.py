"""A black picture is no bad weld."""

import os

import requests

answer = requests.post(
    os.environ["MLINFRA_ADDRESS"],
    json={"pixels": [0] * 64},
    headers={
        "Authorization": f"Bearer {os.environ['MLINFRA_TOKEN']}",
        "azureml-model-deployment": os.environ["MLINFRA_DEPLOYMENT"],
    },
    timeout=30,
)
answer.raise_for_status()
assert answer.json()["bad"] is False
