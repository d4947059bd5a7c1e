"""A Jupyter server extension that lets the kernel's messages leave at once.

The server's sockets to the browser hold small messages back (Nagle's algorithm), which costs a dragged slider
some 40 ms a picture. `optcourse lab` enables this through jupyter_config/jupyter_server_config.d.
"""

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

SETTING = "kernel_websocket_connection_class"


class PromptConnection(ZMQChannelsWebsocketConnection):
    """The stock connection between a browser and its kernel, with TCP_NODELAY set."""

    def connect(self) -> Any:
        self.websocket_handler.set_nodelay(True)
        return super().connect()


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Where the server finds the extension: in this module."""
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Use PromptConnection, unless somebody has chosen a connection of their own."""
    settings = server.web_app.settings
    if settings.get(SETTING) is ZMQChannelsWebsocketConnection:
        settings[SETTING] = PromptConnection
        server.log.info("optcourse: kernel messages leave at once (TCP_NODELAY)")
