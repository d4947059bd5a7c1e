"""What every picture's output must have, whichever picture it is."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any


def assert_view_still_and_text(picture: Callable[[], Any]) -> None:
    """A view, a small still image, and a text that is the same each time, of figures of at most 4 digits."""
    first, again = picture(), picture()
    data, _ = first._repr_mimebundle_()
    still = base64.b64decode(data["image/png"])
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert still.startswith(b"\x89PNG")
    assert len(still) < 100_000
    assert data["text/plain"] == repr(first) == repr(again)
    assert first.model_id not in repr(first)
    figures = re.findall(r"\d[\d.]*", repr(first))
    assert all(len(figure.replace(".", "").strip("0")) <= 4 for figure in figures)


def size_saved(picture: Any) -> int:
    """The bytes of JSON that a notebook with this picture saves."""
    return len(json.dumps(picture.get_state(), default=lambda data: base64.b64encode(data).decode()))
