"""Asks the new deployment of the endpoint for one score."""

import os
import urllib.request

HEADERS = {
    "Authorization": f"Bearer {os.environ['MLINFRA_TOKEN']}",
    "Content-Type": "application/json",
    "azureml-model-deployment": os.environ["MLINFRA_DEPLOYMENT"],
}
urllib.request.urlopen(urllib.request.Request(os.environ["MLINFRA_ADDRESS"], b'{"amount": 7}', HEADERS)).close()
