"""The settings a dock asks for when it connects."""

from dji.fields import field
from dji.model import Request, RequestReply


class Config(Request, method="config"):
    """A dock asks for its settings, first of all."""

    config_type: str | None = field("Format that is wanted.", values={"json": "JSON"})
    config_scope: str | None = field("Scope that is wanted.", values={"product": "of the product"})


class ConfigReply(RequestReply, method="config"):
    """The settings; unlike other answers they stand beside `result`, not under `output`."""

    ntp_server_host: str | None = field("Time server; without one that answers, tasks fail.")
    app_id: str | None = field("Id of the application, from DJI's developer site.")
    app_key: str | None = field("Key of the application.")
    app_license: str | None = field("Licence of the application; a dock compares it with its own.")
    ntp_server_port: int | None = field("Port of the time server, 123 by default.")
