"""A gunicorn with two workers on a free loopback port, and a keep-alive client for it."""

import http.client
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def serving(database_url: str, settings: str):
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": settings,
    }
    command = [sys.executable, "-m", "gunicorn", "crm.wsgi", "--workers", "2", "--threads", "1"]
    command += [
        "--worker-class",
        "gthread",
        "--keep-alive",
        "75",
        "--bind",
        f"127.0.0.1:{port}",
        "--log-level",
        "error",
    ]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield Client(port)
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int) -> None:
    for _attempt in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the benchmark server did not start")


class Client:
    """One keep-alive connection; any answer but the expected status stops the run."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def ask(
        self,
        path: str,
        headers: dict[str, str],
        method: str = "GET",
        body: bytes | None = None,
        expect: int = 200,
    ) -> tuple[int, int, bytes]:
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        if response.status != expect:
            raise RuntimeError(f"{method} {path}: {response.status} {content[:300]!r}")
        return len(content), int(response.headers.get("X-Queries") or 0), content
