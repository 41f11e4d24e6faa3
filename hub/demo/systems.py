"""The rehearsed systems of one tenant as servers of this process, each with the director's port beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from hub.clock import Clock
from hub.demo.cast import HOOK_SECRET, ROLES, Part, Role, hook_of
from hub.demo.scene import Scene, make_scene
from hub.settings import Secret
from sources.kit.rehearsal.faults import Faults
from sources.kit.serve import Asgi, serving
from sources.tryton_erp.rehearsal import stand as erp_stand
from sources.tryton_wms.rehearsal import stand as wms_stand
from sources.vendure.rehearsal import stand as shop_stand
from sources.vendure.rehearsal.hooks import Listener


@dataclass(frozen=True, slots=True, kw_only=True)
class Systems:
    """A scene on the air."""

    scene: Scene
    urls: Mapping[str, str]
    """Where each source is called."""
    controls: Mapping[str, str]
    """Where the director tells each what to do."""

    @property
    def part(self) -> Part:
        """Whose they are."""
        return self.scene.part

    def faults(self, role: Role) -> Faults:
        """What may go wrong at one of them."""
        trio = self.scene.trio
        return {"shop": trio.shop.faults, "erp": trio.erp.faults, "wms": trio.wms.faults}[role]

    def introduce(self, hub: str) -> None:
        """Let the shop tell the hub at this URL what happens; the others tell nobody anything."""
        listener = Listener(url=f"{hub}/hooks/{hook_of(self.part)}", secret=HOOK_SECRET)
        self.scene.trio.shop.hooks.listeners.append(listener)


@asynccontextmanager
async def on_the_air(part: Part, token: Secret, clock: Clock) -> AsyncIterator[Systems]:
    """The tenant's scene, served as long as the block lasts; whoever bears *token* directs it."""
    scene = make_scene(part, clock)
    apps = _apps(scene, token)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(scene.trio.close)
        urls = {part.source(role): await stack.enter_async_context(serving(apps[role][0])) for role in ROLES}
        controls = {part.source(role): await stack.enter_async_context(serving(apps[role][1])) for role in ROLES}
        yield Systems(scene=scene, urls=urls, controls=controls)


def _apps(scene: Scene, token: Secret) -> Mapping[Role, tuple[Asgi, Asgi]]:
    trio = scene.trio
    return {
        "shop": (trio.shop.app, shop_stand.controls(trio.shop, token)),
        "erp": (trio.erp.app, erp_stand.controls(trio.erp, token)),
        "wms": (trio.wms.app, wms_stand.controls(trio.wms, token)),
    }
