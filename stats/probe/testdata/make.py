"""Writes the fixtures of this directory with the reference writers, and beside each, as NAME.json, what the reference
reader says of it, in the shape of probe.Finding. Nothing here knows how package probe reads.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python make.py [parquet|orc|avro|arrow ...]
"""

import importlib
import sys

if __name__ == "__main__":
    for name in sys.argv[1:] or ["parquet", "orc", "avro", "arrow"]:
        importlib.import_module(f"make_{name}").main()
