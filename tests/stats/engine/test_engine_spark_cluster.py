"""Against a cluster: a master and two workers, each a process of its own on loopback."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import NO_SPARK

import exitline as xl

pytestmark = [pytest.mark.spark, pytest.mark.skipif(bool(NO_SPARK), reason=NO_SPARK)]
SAMPLE = "examples/imaginary-country/hld_sample_wb_2023.parquet"
MEASURES = ["headcount", "gini", "median"]
SHORT = {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"}
"""Each process lives for seconds: nothing is compiled twice."""
ON_CLUSTER = f"""
import json
import exitline as xl
design = xl.Design(weight="hhweight", size="hhsize", psu="ea")
found = xl.estimate({SAMPLE!r}, {MEASURES!r}, welfare="pc_exp", line=2500, design=design,
                    by="urbrur", engine="spark")
from pyspark.sql import SparkSession
context = SparkSession.getActiveSession().sparkContext
processes = context._jsc.sc().getExecutorMemoryStatus().size()
print(json.dumps([context.master, processes, [[e.estimate, e.se] for e in found]]))
"""


def _free() -> str:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return str(one.getsockname()[1])


def _listening(port: str, seconds: float = 120) -> None:
    """Wait until somebody listens."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", int(port))) == 0:
                return
        time.sleep(0.2)
    pytest.fail("the master did not start")


@pytest.fixture
def master(tmp_path: Path) -> Iterator[str]:
    """The address of a master with two workers."""
    import pyspark

    home = Path(pyspark.__file__).parent
    surroundings = {
        **os.environ, **SHORT, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_SCALA_VERSION": "2.13",
    }  # fmt: skip
    port = _free()
    address = f"spark://127.0.0.1:{port}"
    java = ["java", "-Xmx300m", "-cp", f"{home}/jars/*"]
    deploy = "org.apache.spark.deploy."
    local = ["--host", "127.0.0.1"]
    commands = [[f"{deploy}master.Master", *local, "--port", port, "--webui-port", _free()]]
    commands += [
        [
            f"{deploy}worker.Worker", *local, "-c", "1", "-m", "1g", "--webui-port", _free(),
            "-d", str(tmp_path / f"worker{i}"), address,
        ]
        for i in range(2)
    ]  # fmt: skip
    running: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            running.append(
                subprocess.Popen(
                    [*java, *command], env=surroundings, stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )  # fmt: skip
            _listening(port)
        yield address
    finally:
        for process in reversed(running):
            process.terminate()
        for process in running:
            process.wait(timeout=60)


def test_a_cluster_with_two_workers_gives_the_same_figures(master):
    surroundings = {
        **os.environ, **SHORT, "SPARK_MASTER": master, "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_PARTITIONS": "2",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", ON_CLUSTER], env=surroundings, capture_output=True, text=True,
        check=False, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    used, processes, figures = json.loads(done.stdout.strip().splitlines()[-1])
    assert used == master
    assert processes >= 2  # the driver, and an executor at least
    design = xl.Design(weight="hhweight", size="hhsize", psu="ea")
    here = xl.estimate(SAMPLE, MEASURES, welfare="pc_exp", line=2500, design=design, by="urbrur")
    for (estimate, se), one in zip(figures, here, strict=True):
        assert estimate == pytest.approx(one.estimate, rel=1e-10)
        assert se == pytest.approx(one.se, rel=1e-10)
