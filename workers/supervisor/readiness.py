"""When to tell the person that it runs: as soon as the web process says so itself."""

from __future__ import annotations

import http.client
import json
import time

from workers.supervisor.output import Console

ASK_TIMEOUT_S = 2.0
ASK_EVERY_S = 0.5
# From here on, what it waits for is said once in a while.
PATIENCE_S = 20.0


class Readiness:
    """Asks `/health` twice a second until it is well, then announces the address once."""

    def __init__(self, host: str, port: int, console: Console, began: float) -> None:
        self._host, self._port, self._console, self._began = host, port, console, began
        self._ask_at = 0.0
        self._complain_at = time.monotonic() + PATIENCE_S
        self._announced = False

    def look(self) -> None:
        if self._announced or time.monotonic() < self._ask_at:
            return
        well, answer = ask(self._host, self._port)
        now = time.monotonic()
        self._ask_at = now + ASK_EVERY_S
        if well:
            self._announced = True
            address = address_of(self._host, self._port)
            self._console.say(f"Vedette is ready at {address} after {now - self._began:.1f} s. Stop it with Ctrl-C.")
        elif now >= self._complain_at:
            self._complain_at = now + PATIENCE_S
            self._console.say(f"Still waiting for {address_of(self._host, self._port)}/health: {answer}")


def ask(host: str, port: int) -> tuple[bool, str]:
    """Ask `/health` once; return whether all is well, and what it said (at most 500 characters)."""
    connection = http.client.HTTPConnection(_reachable(host), port, timeout=ASK_TIMEOUT_S)
    try:
        connection.request("GET", "/health", headers={"Host": f"localhost:{port}"})
        answer = connection.getresponse()
        return answer.status == http.HTTPStatus.OK, _one_line(answer.read().decode(errors="replace"))[:500]
    except (OSError, http.client.HTTPException) as error:
        return False, f"no answer yet ({error})"
    finally:
        connection.close()


def address_of(host: str, port: int) -> str:
    """Return the URL under which this machine reaches a server that listens on `host`."""
    name = _reachable(host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104


def _one_line(body: str) -> str:
    try:
        return json.dumps(json.loads(body))
    except ValueError:
        return " ".join(body.split())
