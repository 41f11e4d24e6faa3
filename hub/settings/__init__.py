"""What an operator decides: frozen sections, loaded once by the CLI or the app factory, passed on in slices."""

from hub.settings.fill import convert
from hub.settings.kafka import KafkaSettings
from hub.settings.load import load
from hub.settings.partners import NoticeSettings, SmtpSettings, WebhookSettings
from hub.settings.returns import ReturnsSettings
from hub.settings.secret import Secret
from hub.settings.sections import (
    ApprovalSettings,
    ChangeSettings,
    ChannelSettings,
    HttpSettings,
    KeySettings,
    LogSettings,
    RoutingSettings,
    Settings,
    SourceSettings,
    StoreSettings,
)

__all__ = [
    "ApprovalSettings",
    "ChangeSettings",
    "ChannelSettings",
    "HttpSettings",
    "KafkaSettings",
    "KeySettings",
    "LogSettings",
    "NoticeSettings",
    "ReturnsSettings",
    "RoutingSettings",
    "Secret",
    "Settings",
    "SmtpSettings",
    "SourceSettings",
    "StoreSettings",
    "WebhookSettings",
    "convert",
    "load",
]
