"""What the tests of M2FP share: paths, the converter's reference code, the command line."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PARSONA = ROOT / "build/native/parsona"
RUN_NET = ROOT / "build/native/tests/run_net"
sys.path.insert(0, str(ROOT / "weights/m2fp"))


def parsona(*args):
    return subprocess.run([str(PARSONA), *map(str, args)], capture_output=True, text=True, timeout=300)
