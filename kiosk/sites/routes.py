"""What our page asks of its node for a site: open it, see it, touch it, leave; knows no browser.

Not below /api: what is asked many times a second is no line in the log.
"""

from __future__ import annotations

from flask import Flask, Response, jsonify, request

from kiosk.sites.desk import SiteDesk
from kiosk.sites.touches import read_events, read_size
from kiosk.wishes import read_site, read_site_session


def site_routes(app: Flask, desk: SiteDesk) -> None:
    def open_site() -> tuple[Response, int]:
        body = request.get_json()
        site, language = read_site(body)
        return jsonify({"session": desk.open(site, language, read_size(body))}), 201

    def frame(session: str) -> Response:
        after = request.args.get("after", 0, type=int)
        found = desk.frame(session, after)
        if found is None:
            return Response(status=204)
        number, picture = found
        return Response(picture, content_type="image/jpeg", headers={"X-Frame": str(number)})

    def touch() -> tuple[str, int]:
        desk.touch(*read_events(request.get_json()))
        return "", 204

    def close() -> tuple[str, int]:
        desk.close(read_site_session(request.get_json()))
        return "", 204

    app.add_url_rule("/site/open", view_func=open_site, methods=["POST"])
    app.add_url_rule("/site/<session>/frame", view_func=frame)
    app.add_url_rule("/site/touch", view_func=touch, methods=["POST"])
    app.add_url_rule("/site/close", view_func=close, methods=["POST"])
