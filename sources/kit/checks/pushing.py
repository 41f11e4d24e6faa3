"""C14 to C17 and C21 for a source that only pushes: what it sends is all there is to judge."""

from __future__ import annotations

from functools import partial

from hub import codec
from hub.errors import HubError, NotOffered, SourceGarbled
from hub.model.observation import Content, Seen
from hub.model.vocabulary import Kind
from hub.ports import Adapter, Question, WebhookDelivery
from sources.kit.checks.bench import Bench, everything_in, expect, in_time, raised, refused
from sources.kit.checks.hooks import NOW
from sources.kit.checks.reading import inexact
from sources.kit.postbox import Letter

DEEP = 100_000
LONG = 200_000
HOSTILE_SECONDS = 5.0


async def every_pushed_word_is_mapped(bench: Bench) -> None:
    """Every word of the sender's own list is read; an unknown one is UNKNOWN and keeps its spelling."""
    stage = bench.stage
    letter = await stage.letter(await stage.place(1), NOW)
    before = (await stage.truth((await _about(bench, letter)).source_id)).status
    async with bench.adapter(secrets=(NOW,)) as adapter:
        declared = adapter.describe().statuses
        for word in await stage.statuses():
            expect(word in declared, f"{word} is a word of the sender that the manifest does not map")
            content = _content(_parsed(adapter, stage.respelled(letter.body, before, word)))
            expect(content.status != "UNKNOWN", f"{word} is declared and read as UNKNOWN")
        strange = _content(_parsed(adapter, stage.respelled(letter.body, before, "Quarantined")))
    expect(strange.status == "UNKNOWN", f"an unknown word is taken for {strange.status}")
    expect(strange.raw_status == "Quarantined", "the sender's own spelling of an unknown word is lost")


async def pushed_values_are_exact(bench: Bench) -> None:
    """A body reads the same every time, has a sequence, holds no float and no naive instant, survives the codec."""
    letter = await bench.stage.letter(await bench.stage.place(1), NOW)
    async with bench.adapter(secrets=(NOW,)) as adapter:
        seen, again = _parsed(adapter, letter.body), _parsed(adapter, letter.body)
    expect(seen == again, "the same body reads differently the second time")
    expect(seen.version is not None, "a pushed body has no sequence: nothing could tell which of two is newer")
    content = _content(seen)
    expect(codec.decode(codec.encode(content), Content) == content, "the content does not survive the codec")
    wrong = list(inexact(content, "content"))
    expect(not wrong, f"inexact values at {', '.join(wrong)}")


async def hostile_bodies_are_bounded(bench: Bench) -> None:
    """Half a body, another shape, 100,000 levels, endless words: SourceGarbled, in bounded time, and no secret told."""
    stage = bench.stage
    letter = await stage.letter(await stage.place(1), NOW)
    bodies = {
        "half a body": letter.body[: len(letter.body) // 2],
        "nothing": b"",
        "null": b"null",
        "a list": b"[]",
        "another shape": b'{"hello": "world"}',
        "not UTF-8": letter.body[:-1] + b"\xff",
        "100,000 levels": b'{"x":' * DEEP + b"1" + b"}" * DEEP,
        "a key that is null": letter.body.replace(stage.envelope, stage.nothing + b',"x"', 1),
        "an endless word": letter.body.replace(stage.envelope + b': "', stage.envelope + b': "' + b"9" * LONG, 1),
    }
    async with bench.adapter(secrets=(NOW,)) as adapter:
        for name, body in bodies.items():
            delivery = WebhookDelivery(headers=letter.headers, body=body)

            async def read(delivery: WebhookDelivery = delivery) -> object:
                return adapter.parse(delivery)

            error = await in_time(raised(read(), SourceGarbled, name), HOSTILE_SECONDS, name)
            _tells_nothing(bench, error, name)


async def only_pushing_is_promised(bench: Bench) -> None:
    """Nothing is called: health needs nobody; reads, sweeps, effects and questions raise NotOffered with a reason."""
    call = bench.call
    async with bench.adapter(secrets=(NOW,)) as adapter:
        manifest = adapter.describe()
        expect(manifest.title and manifest.contract_version, "the manifest has no title or contract version")
        for name in ("read", "writes"):
            expect(manifest.absent.get(name, "").strip(), f"`absent` does not say why under `{name}`")
        await adapter.health(call)
        for kind in Kind:
            await raised(adapter.read(call, kind, ["1"]), NotOffered, f"reading {kind.value}")
            refused(partial(adapter.changes, call, kind, "x", None), NotOffered, f"sweeping {kind.value}")
        intent = bench.intent("1", [("1", 1)])
        await raised(adapter.execute(call, intent), NotOffered, "an effect")
        await raised(adapter.resolve(call, intent), NotOffered, "looking for an effect")
        await raised(
            adapter.ask(call, Question(name="order.find", facts={"identifier": "1"})), NotOffered, "a question"
        )
    expect(not bench.stage.proxy.exchanges, "a source that only pushes was called")


async def _about(bench: Bench, letter: Letter) -> Seen:
    async with bench.adapter(secrets=(NOW,)) as adapter:
        return _parsed(adapter, letter.body)


def _parsed(adapter: Adapter, body: bytes) -> Seen:
    parsed = adapter.parse(WebhookDelivery(headers={}, body=body))
    expect(len(parsed) == 1 and isinstance(parsed[0], Seen), f"a body gives {parsed!r:.200}, not one object")
    (seen,) = [one for one in parsed if isinstance(one, Seen)]
    return seen


def _content(seen: Seen) -> Content:
    if seen.content is None:
        message = "a pushed body says that its object is gone"
        raise AssertionError(message)
    return seen.content


def _tells_nothing(bench: Bench, error: HubError, when: str) -> None:
    canaries = bench.stage.canaries
    told = [one for one in (*canaries.secrets, *canaries.personal) if one in everything_in(error)]
    expect(not told, f"{when}: the error tells {', '.join(told)}")
