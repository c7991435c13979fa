"""OpenVINO's telemetry is off: nothing is sent, and nothing is forked to send it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.environment import ROOT

# `openvino_telemetry` sends from a forked process, unless in CI or refused in the user's home.
_PROGRAM = """
import sys
happened = []
sys.addaudithook(lambda event, _: happened.append(event) if event in {"os.fork", "socket.connect"} else None)
import citewell.encoder.encoding
from openvino.tools import ovc
print(type(ovc.telemetry).__module__, happened)
"""


@pytest.mark.promise("nothing-leaves")
def test_importing_openvino_sends_and_forks_nothing(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in {"CI", "TF_BUILD", "JENKINS_URL"}}
    environment["HOME"] = str(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, cwd=ROOT, env=environment, check=True
    )
    assert done.stdout.split() == ["openvino.tools.ovc.telemetry_stub", "[]"]
    assert list(tmp_path.iterdir()) == []
