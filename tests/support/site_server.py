"""A web site for tests that tries what a site at a kiosk must not: it keeps things, opens windows, leads elsewhere."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

PAGES = {
    "/": """<title>Site</title><meta name=viewport content="width=device-width">
<body style="margin:0;font:20px sans-serif">
<div id=cover style="position:fixed;inset:0;z-index:2147483647;background:rgb(255,0,0)"></div>
<script>
document.getElementById("cover").remove();
const seen = document.cookie + "|" + (localStorage.getItem("who") || "") + "|" + (sessionStorage.getItem("who") || "");
document.cookie = "who=li; max-age=99999; path=/";
localStorage.setItem("who", "li");
sessionStorage.setItem("who", "li");
document.documentElement.dataset.seen = seen;
fetch("/seen?" + encodeURIComponent(seen));
</script>
<a href="/second" style="display:block;height:60px;background:#cdf">second</a>
<a href="/popped" target=_blank style="display:block;height:60px;background:#dfc">window</a>
<a href="http://127.0.0.1:1/forbidden" style="display:block;height:60px;background:#fcd">elsewhere</a>
<a href="/file" style="display:block;height:60px;background:#ffc">file</a>
<input id=field style="display:block;width:300px;height:60px;padding:0;border:0">
<select id=list style="display:block;height:60px"><option>first<option>second<option disabled>third</select>
<button id=ask style="display:block;height:60px;width:300px;border:0"
  onclick="fetch('/asked?' + confirm('Really?'))">ask</button>
<a href="/download" style="display:block;height:60px;background:#eee">download</a>
<button style="display:block;height:60px;width:300px;border:0" onclick="print();fetch('/printed')">print</button>
<script>
field.oninput = () => fetch("/wrote?" + encodeURIComponent(field.value));
list.onchange = () => fetch("/chose?" + list.value);
document.body.insertAdjacentHTML("beforeend", "<img src='http://127.0.0.1:1/picture.png'><div style=height:3000px>");
</script>""",
    "/second": "<title>Second</title><body style='background:rgb(0,0,255)'><script>fetch('/at-second')</script>",
    "/popped": "<title>Popped</title><body style='background:rgb(0,128,0)'><script>fetch('/at-popped')</script>",
    "/file": "<script>location.href='file:///etc/passwd';setTimeout(()=>fetch('/at-file?'+location.href),300)</script>",
    "/open-at-once": "<script>window.open('/popped');setTimeout(() => fetch('/opened-at-once'), 500)</script>",
}
# A container has no user namespaces for Chromium's sandbox; docs/settings.md says so.
SANDBOX = ("--no-sandbox",) if os.geteuid() == 0 else ()
ROW_PX = 60
ROWS = ("second", "window", "elsewhere", "file", "field", "list", "ask", "download", "print")


class Site(ThreadingHTTPServer):
    """`asked`: every path it was asked for, in order."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}/"


class _Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        path = urlsplit(self.path).path
        body = PAGES.get(path, "").encode()
        self.send_response(200)
        if path == "/download":
            self.send_header("Content-Disposition", "attachment; filename=form.doc")
            body = b"a form"
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=3600" if path == "/second" else "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


@contextmanager
def site() -> Iterator[Site]:
    server = Site()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
