"""Says to the shift which model waits for them."""

import os
import sys

sys.stdout.write(f"please look at {os.environ['MLINFRA_ACCEPTED']}\n")
