"""Starts azureml-inference-server-http, which else listens on every address of the machine, on loopback only."""

from __future__ import annotations

import importlib
import sys

LOOPBACK = "127.0.0.1"


def main() -> None:
    """The arguments are the server's own."""
    constants = importlib.import_module("azureml_inference_server_http.constants")
    if not hasattr(constants, "DEFAULT_HOST"):
        sys.exit("this release of azureml-inference-server-http can't be told to listen on loopback only")
    vars(constants)["DEFAULT_HOST"] = LOOPBACK  # the server takes it from here, and has no option for it
    importlib.import_module("azureml_inference_server_http.amlserver").run()


if __name__ == "__main__":
    main()
