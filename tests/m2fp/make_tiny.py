#!/usr/bin/python3
"""Writes the small checkpoint that C tests read: make_tiny.py FILE [CLASSES]"""
import sys

import support  # noqa: F401  (finds the modules below)
from architecture import TINY, random_state
from checkpoint import checkpoint_bytes

with open(sys.argv[1], "wb") as file:
    file.write(checkpoint_bytes(random_state(TINY, int(sys.argv[2]) if len(sys.argv) > 2 else 21)))
