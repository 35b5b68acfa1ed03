"""A Chromium that nobody watches: pages in it are asked over its DevTools protocol only when there is a question.

Not Playwright, whose own scripts run in the page and whose record of every request stays with it: where the memory of a
page is measured, nothing but the page may be in it. Knows no page of ours.
"""

from __future__ import annotations

import itertools
import json
import shlex
import shutil
import statistics
import subprocess
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simple_websocket import Client
from waiting import wait_for

UNITS = Path(__file__).parents[2] / "systemd"
START_S = 30.0
PATIENCE_S = 120.0  # of a machine that has other things to do, too
ANSWER_S = 120.0
PER_MIB = 1024 * 1024
READINGS = 5
BETWEEN_S = 0.2
# For a browser without a screen whose windows nobody brings to the front.
UNSEEN = [
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
]
# What a unit says of its screen and its place.
_OWN = ("--kiosk", "--app=", "--ozone-platform=", "--user-data-dir=", "--disk-cache-dir=")

# The middle of what a press on `selector` would reach; null while it is away, disabled or under something else.
_MIDDLE = """(() => {
  const found = document.querySelector(%s);
  if (!found || found.disabled) return null;
  const box = found.getBoundingClientRect();
  const at = [box.x + box.width / 2, box.y + box.height / 2];
  return found.contains(document.elementFromPoint(...at)) ? at : null;
})()"""

# What ticks goes faster, at most 200 times a second; what waits for somebody or for an answer takes its time.
_FASTER = "{const real = setInterval; window.setInterval = (f, ms, ...r) => real(f, Math.max(5, ms / %s), ...r);}"


class BrowserError(Exception):
    """Chromium did not answer, or answered that it cannot."""


@dataclass(frozen=True)
class PageMemory:
    """Medians of some readings, each after garbage collection.

    heap_mib: JavaScript's heap; code_mib: what of it is compiled code with what is known for compiling it; data_mib:
    all else of it; objects_kib: what of that are objects and functions, without texts and tables; outside_mib: DOM and
    whatever else the page holds outside JavaScript. nodes, listeners, documents: of the DOM.
    """

    heap_mib: float
    code_mib: float
    data_mib: float
    objects_kib: float
    outside_mib: float
    nodes: int
    listeners: int
    documents: int


def unavailable() -> str | None:
    """Why there is no Chromium on this machine, or None."""
    return None if shutil.which("chromium") else "no Chromium here: apt-get install chromium"


def switches(unit: str) -> list[str]:
    """Chromium's switches in a unit, without those that say where its screen and its folders are."""
    text = (UNITS / unit).read_text("utf-8")
    line = next(each for each in text.replace("\\\n", " ").splitlines() if each.startswith("ExecStart="))
    words = shlex.split(line)
    return [each for each in words[words.index("/usr/bin/chromium") + 1 :] if not each.startswith(_OWN)]


class Chromium:
    """The browser's process, started as `unit` of systemd/ starts it."""

    def __init__(self, unit: str = "hall-kiosk-browser.service") -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        program, place = shutil.which("chromium") or "chromium", f"--user-data-dir={self._folder.name}"
        command = [program, *switches(unit), *UNSEEN, place, "about:blank"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            port, path = wait_for(self._address, START_S, "Chromium")
        except AssertionError:
            self.close()
            raise
        self._socket = Client(f"ws://127.0.0.1:{port}{path}")
        self._numbers = itertools.count(1)
        self._events: list[dict[str, Any]] = []

    def _address(self) -> tuple[str, str] | None:
        with suppress(OSError, ValueError):
            port, path = (Path(self._folder.name) / "DevToolsActivePort").read_text("ascii").split("\n")[:2]
            return port, path
        return None

    def send(self, method: str, session: str | None = None, /, **parameters: Any) -> dict[str, Any]:
        """One command and its answer; what the browser tells of itself meanwhile is dropped, but see `events`."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters, **({"sessionId": session} if session else {})}
        self._socket.send(json.dumps(message))
        self._events.clear()
        while (text := self._socket.receive(timeout=ANSWER_S)) is not None:
            said = json.loads(text)
            if said.get("id") != number:
                self._events.append(said)
            elif "error" in said:
                raise BrowserError(f"{method}: {said['error']['message']}")
            else:
                result: dict[str, Any] = said["result"]
                return result
        raise BrowserError(f"{method}: no answer in {ANSWER_S:.0f} s")

    def events(self, method: str) -> list[dict[str, Any]]:
        """What was told by this name while the last command was being answered."""
        return [each["params"] for each in self._events if each.get("method") == method]

    def open(self, url: str, width: int, height: int, tick: float = 1.0) -> ChromiumPage:
        """A page in a context and window of its own. tick: how many times faster its intervals go."""
        context = self.send("Target.createBrowserContext")["browserContextId"]
        blank = {"url": "about:blank", "width": width, "height": height, "newWindow": True}
        target = self.send("Target.createTarget", browserContextId=context, **blank)["targetId"]
        page = ChromiumPage(self, self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        page.send("Emulation.setDeviceMetricsOverride", **screen)
        page.send("Page.enable")
        if tick != 1.0:
            page.send("Page.addScriptToEvaluateOnNewDocument", source=_FASTER % tick)
        page.send("Page.navigate", url=url)
        page.wait("document.body?.dataset.ready === 'true'")
        page.send("Page.disable")
        return page

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()


class ChromiumPage:
    """One page of it."""

    def __init__(self, browser: Chromium, session: str) -> None:
        self._browser = browser
        self._session = session

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self._browser.send(method, self._session, **parameters)

    def value(self, expression: str) -> Any:
        """Of a JavaScript expression, as JSON."""
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise BrowserError(answer["exceptionDetails"]["text"])
        return answer["result"].get("value")

    def wait(self, expression: str) -> Any:
        """Until it is something; what it is."""
        return wait_for(lambda: self.value(expression), PATIENCE_S, expression)

    def press(self, selector: str, unless: str = "false") -> bool:
        """As a finger or a mouse does, once it can be reached; False if before that `unless` came true."""
        middle = self.wait(f"{_MIDDLE % json.dumps(selector)} || ({unless})")
        if middle is True:
            return False
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=middle[0], y=middle[1], button="left", clickCount=1)
        return True

    def memory(self) -> PageMemory:
        self.send("Performance.enable")
        readings = []
        for n in range(READINGS):
            if n:
                time.sleep(BETWEEN_S)  # so that what the page is just drawing is not in all of them
            readings.append(self._metrics())
        self.send("Performance.disable")
        sizes = self._sizes()
        middle = {name: statistics.median(each[name] for each in readings) for name in readings[0]}
        code, outside = sizes["code"], sizes["native"]
        return PageMemory(
            heap_mib=middle["JSHeapUsedSize"] / PER_MIB,
            code_mib=code / PER_MIB,
            data_mib=(sizes.total() - code - outside) / PER_MIB,
            objects_kib=(sizes["object"] + sizes["closure"]) / 1024,
            outside_mib=outside / PER_MIB,
            nodes=int(middle["Nodes"]),
            listeners=int(middle["JSEventListeners"]),
            documents=int(middle["Documents"]),
        )

    def _metrics(self) -> dict[str, float]:
        for _ in range(2):  # what the first one frees may have held something
            self.send("HeapProfiler.collectGarbage")
        return {each["name"]: each["value"] for each in self.send("Performance.getMetrics")["metrics"]}

    def _sizes(self) -> Counter[str]:
        """Bytes of the heap by the kind of V8's snapshot: "code", "native" (outside JavaScript), "object" ..."""
        self.send("HeapProfiler.takeHeapSnapshot", reportProgress=False)
        snapshot = json.loads(
            "".join(each["chunk"] for each in self._browser.events("HeapProfiler.addHeapSnapshotChunk"))
        )
        self.send("HeapProfiler.disable")
        meta, nodes = snapshot["snapshot"]["meta"], snapshot["nodes"]
        fields, kinds = meta["node_fields"], meta["node_types"][0]
        step, kind, size = len(fields), fields.index("type"), fields.index("self_size")
        sizes: Counter[str] = Counter()
        for at in range(0, len(nodes), step):
            sizes[kinds[nodes[at + kind]]] += nodes[at + size]
        return sizes
