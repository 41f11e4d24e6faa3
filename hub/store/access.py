"""From settings to a shard: the embedded server, or an operator's own by HUB__STORE__URL (design D14)."""

from __future__ import annotations

import base64
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote, unquote, urlsplit

import asyncpg

from hub.errors import Misconfigured
from hub.settings import StoreSettings
from hub.store.embedded import embedded, endpoint
from hub.store.engine import CONNECT_PATIENCE
from hub.store.faults import asking
from hub.store.migrate import upgrade
from hub.store.provision import make_roles, make_schema
from hub.store.roles import Role, RoleUrls, refuse_old

SCHEMES = ("postgresql", "postgres")


@asynccontextmanager
async def running_shard(settings: StoreSettings) -> AsyncIterator[RoleUrls]:
    """A migrated shard for `up` and `demo`, which own the embedded server while the block runs."""
    if settings.url is None:
        async with embedded(settings.data_dir) as (urls, _):
            await upgrade(urls)
            yield urls
    else:
        await prepare(settings)
        yield own_urls(settings)


def found_shard(settings: StoreSettings) -> RoleUrls:
    """The shard that runs already, for `serve`, `work` and `doctor`. Raises Misconfigured where none ever did."""
    return endpoint(settings.data_dir) if settings.url is None else own_urls(settings)


async def prepare(settings: StoreSettings) -> None:
    """Make roles and schema where missing and migrate: `opshub migrate`. Repeating it changes nothing.

    Raises Misconfigured where the server is too old or the account may not, StoreBusy where the server is away.
    """
    urls = found_shard(settings)
    if settings.url is not None:
        with asking():
            connection = await asyncpg.connect(urls.owner, timeout=CONNECT_PATIENCE)
        try:
            refuse_old(connection.get_server_version().major)
            if not _named(settings):
                await make_roles(connection, {role.value: _password(settings, role) for role in Role})
            with asking():
                await make_schema(connection)
        finally:
            await connection.close()
    await upgrade(urls)


def own_urls(settings: StoreSettings) -> RoleUrls:
    """The URLs of an operator's own server.

    Roles that are not named get passwords derived from the one of `url`, so that every process with the same settings
    knows them and none is kept anywhere.
    """
    if settings.url is None:
        message = "HUB__STORE__URL is not set"
        raise Misconfigured(message)
    _refuse_malformed(settings.url.reveal())
    given = {Role.SERVE: settings.serve_url, Role.WORK: settings.work_url, Role.TAIL: settings.tail_url}
    serve, work, tail = (_url(settings, role) if url is None else url.reveal() for role, url in given.items())
    owner = (settings.url if settings.direct_url is None else settings.direct_url).reveal()
    for url in (owner, serve, work, tail):
        _refuse_malformed(url)
    return RoleUrls(owner=owner, serve=serve, work=work, tail=tail, pooled=settings.pooled)


def _refuse_malformed(url: str) -> None:
    """Raise Misconfigured, without showing it, for what the driver would not take."""
    try:
        parts = urlsplit(url)
        hosts = [host.rpartition("]")[2] for host in parts.netloc.rpartition("@")[2].split(",")]
        is_well = parts.scheme in SCHEMES and all(host.rpartition(":")[2].isdigit() for host in hosts if ":" in host)
    except ValueError:
        is_well = False
    if not is_well:
        message = "a URL of the store is malformed: postgresql://USER:PASSWORD@HOST:PORT/DATABASE is meant"
        raise Misconfigured(message)


def _named(settings: StoreSettings) -> bool:
    return None not in (settings.serve_url, settings.work_url, settings.tail_url)


def _url(settings: StoreSettings, role: Role) -> str:
    parts = urlsplit("" if settings.url is None else settings.url.reveal())
    where = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{role.value}:{quote(_password(settings, role), safe='')}@{where}").geturl()


def _password(settings: StoreSettings, role: Role) -> str:
    """One way only: whoever knows it does not know the owner's."""
    parts = urlsplit("" if settings.url is None else settings.url.reveal())
    if not parts.password:
        message = (
            "HUB__STORE__URL has no password to derive those of the roles from: "
            "say HUB__STORE__SERVE_URL, HUB__STORE__WORK_URL and HUB__STORE__TAIL_URL"
        )
        raise Misconfigured(message)
    return base64.urlsafe_b64encode(
        hmac.digest(unquote(parts.password).encode(), role.value.encode(), "sha256")
    ).decode()
