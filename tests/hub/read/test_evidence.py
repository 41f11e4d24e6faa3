from hub.codec import encode
from hub.model.vocabulary import Kind
from hub.read.evidence import is_silent, sightings_of
from hub.read.whole import Covered, Shared, SourceWords
from hub.store.reading import Answered
from tests.kit.orders import NOON, landscape, make_record
from tests.kit.wholes import down, make_whole


def test_an_entity_comes_with_its_records_and_what_judging_them_needs() -> None:
    shared = Shared(now=NOON, coverage=(Covered(source="shop", kind=Kind.ORDER, through=NOON),), states=(down(),))
    part = {"kind": "SHIPMENT", "id": "s", "records": [make_record()]}
    answer = Answered(shared=encode(shared).decode(), parts=[encode(part).decode()])
    (known,) = sightings_of(answer, landscape()).values()
    assert sightings_of(answer, landscape()).keys() == {(Kind.SHIPMENT, "s")}
    assert (known.now, known.records, known.coverage) == (NOON, (make_record(),), {("shop", Kind.ORDER): NOON})
    assert (known.deliveries, known.conflicts, known.missing_in) == ((), (), ())
    assert is_silent(known, "shop")


def test_a_source_is_silent_while_it_is_not_called() -> None:
    assert not is_silent(make_whole(), "shop")
    assert is_silent(make_whole(states=(down(breaker="HALF_OPEN"),)), "shop")
    assert is_silent(make_whole(states=(SourceWords(source="shop", is_paused=True),)), "shop")
    assert not is_silent(make_whole(states=(SourceWords(source="shop"),)), "shop")
