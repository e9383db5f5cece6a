"""Maps: composed with folium once a process from our own assets, shown in a sandboxed frame with a strict policy.

What a reader may see is handed in as features and travels as inert JSON; people's words are put in as text alone.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask import Response, make_response, render_template, url_for
from markupsafe import Markup

from wardbook.config import settings
from wardbook.web import nonce

FRAME_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src {host} data:{tiles}; "
    "font-src {host}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-scripts allow-top-navigation-by-user-activation"
)
_NONCE = "wardbook-nonce-goes-here"


class Use(StrEnum):
    """What a map is for."""

    LOOK = "look"
    PIN = "pin"
    DRAW = "draw"
    LINE = "line"


@dataclass(frozen=True)
class MapView:
    """What one map shows: GeoJSON features, and the box (west, south, east, north) it opens at."""

    use: Use
    box: tuple[float, float, float, float]
    label: str
    things: dict[str, Any] | None = None
    place: dict[str, Any] | None = None
    pin: tuple[float, float] | None = None
    on: date | None = None
    """The day whose wards are drawn; today's where there is none"""
    outlines: dict[str, list[dict[str, Any]]] | None = None
    """GeoJSON geometries drawn as lines, by the word that says how: `before`, `after`"""


@dataclass(frozen=True)
class _Shell:
    head: str
    body: str
    script: str


_DRAWN: dict[Use, dict[str, Any]] = {
    Use.DRAW: {
        "circle": False,
        "circlemarker": False,
        "polygon": {
            "allowIntersection": False,
            "drawError": {"message": "The edge of an area cannot cross itself. Put the point somewhere else."},
        },
    },
    Use.LINE: dict.fromkeys(("circle", "circlemarker", "polygon", "rectangle", "marker"), False),
}
"""What may be drawn on a map, by its use, as Leaflet.draw's options"""


@lru_cache(maxsize=8)
def _shell(use: Use, static: str) -> _Shell:
    """The parts of a map page as folium writes them, less what it would fetch from elsewhere or forbid.

    Its viewport stops people from zooming and its styles would fill the page: both are dropped.
    """
    import folium
    from folium.elements import JSCSSMixin
    from folium.plugins import Draw
    from folium.template import Template

    class OwnLayers(JSCSSMixin):
        """Our layers, drawn by our own script from the page's JSON."""

        _template = Template(
            "{% macro script(this, kwargs) %}wardbookMap({{ this._parent.get_name() }});{% endmacro %}"
        )
        default_js = [  # noqa: RUF012 - as folium has it
            ("markercluster_js", f"{static}markercluster/leaflet.markercluster.js"),
            ("wardbook_map_js", f"{static}js/map.js"),
        ]
        default_css = [  # noqa: RUF012
            ("markercluster_css", f"{static}markercluster/MarkerCluster.css"),
            ("wardbook_map_css", f"{static}map.css"),
        ]

    folium.Map.default_js = [("leaflet_js", f"{static}leaflet/leaflet.js")]
    folium.Map.default_css = [("leaflet_css", f"{static}leaflet/leaflet.css")]
    Draw.default_js = [("draw_js", f"{static}leaflet-draw/leaflet.draw.js")]
    Draw.default_css = [("draw_css", f"{static}leaflet-draw/leaflet.draw.css")]
    drawn = folium.Map(location=(0, 0), zoom_start=5, tiles=None, max_zoom=19, height=480, zoom_snap=0.5)
    if use in _DRAWN:
        draw: Any = Draw
        draw(show_geometry_on_click=False, draw_options=_DRAWN[use], position="topright").add_to(drawn)
    own: Any = OwnLayers
    drawn.add_child(own())
    figure: Any = drawn.get_root()
    figure.render()
    head = re.sub(r'<meta name="viewport".*?/>', "", figure.header.render(), flags=re.DOTALL)
    head = re.sub(r"<style>.*?</style>", "", head, flags=re.DOTALL)
    head = re.sub(r"<(script|link)(?=[\s>])", rf'<\1 nonce="{_NONCE}"', head)
    return _Shell(head, figure.html.render(), figure.script.render())


def frame(view: MapView) -> Response:
    """The document of a map's frame."""
    static = url_for("static", filename="")
    shell = _shell(view.use, static)
    told = {
        "use": view.use,
        "box": view.box,
        "things": view.things,
        "place": view.place,
        "pin": view.pin,
        "outlines": view.outlines,
        "tiles": settings().tiles_url,
        "attribution": attribution(),
        "origin": url_for("static", filename="", _external=True).removesuffix(static),
    }
    page = render_template(
        "map/frame.html",
        label=view.label,
        on=view.on,
        head=Markup(shell.head.replace(_NONCE, nonce())),
        body=Markup(shell.body),
        script=Markup(shell.script),
        told=inert_json(told),
    )
    response = make_response(page)
    response.headers["Content-Security-Policy"] = FRAME_POLICY.format(
        nonce=nonce(), host=told["origin"], tiles=_tile_host()
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def inert_json(value: Any) -> Markup:
    """JSON that cannot end the script element it stands in."""
    words = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        words = words.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(words)


def attribution() -> str:
    """The lines that must stand on every map."""
    lines = [settings().tiles_attribution, settings().os_licence]
    if settings().fictional:
        lines.append("Aldermere is a fictional borough")
    return " · ".join(line for line in lines if line)


def _tile_host() -> str:
    parts = urlsplit(settings().tiles_url)
    return f" {parts.scheme}://{parts.netloc.replace('{s}', '*')}" if parts.netloc else ""
