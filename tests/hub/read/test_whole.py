import pytest

from hub.codec import encode
from hub.errors import HubFault
from hub.model.vocabulary import Kind
from hub.read.whole import Accepted, Shared, Stored, wholes_of
from hub.store.reading import Answered
from tests.kit.orders import NOON, landscape, make_order, make_record
from tests.kit.wholes import make_accepted, make_whole


def test_an_answer_of_the_store_is_read_back() -> None:
    stored = Stored(order=make_order(), root_id="order-R7K2", updated_at=NOON, records=(make_record(),))
    shared = {
        "now": NOON,
        "coverage": [{"source": "shop", "kind": "ORDER", "through": NOON}],
        "states": [{"source": "shop"}],
    }
    (whole,) = wholes_of(Answered(shared=encode(shared).decode(), parts=[encode(stored).decode()]), landscape())
    assert whole.stored == stored
    assert whole.coverage == {("shop", Kind.ORDER): NOON}
    assert whole.states["shop"].breaker == "CLOSED"


def test_fields_that_a_later_release_adds_are_ignored() -> None:
    later = encode(make_accepted()).decode()[:-1] + ',"added_later":1}'
    stored = {"order": make_order(), "root_id": "r", "updated_at": NOON}
    said = encode(stored).decode()[:-1] + f',"commands":[{later}]}}'
    (whole,) = wholes_of(Answered(shared=encode(Shared(now=NOON)).decode(), parts=[said]), landscape())
    assert whole.stored.commands == (Accepted(**{n: getattr(make_accepted(), n) for n in _fields()}),)


def _fields() -> tuple[str, ...]:
    return ("id", "operation", "actor", "command", "accepted_at", "correlation_id")


def test_a_document_that_breaks_its_type_is_our_fault() -> None:
    with pytest.raises(HubFault, match="Stored is not readable"):
        wholes_of(Answered(shared=encode(Shared(now=NOON)).decode(), parts=['{"order":{}}']), landscape())


def test_flow_is_given_the_same_facts() -> None:
    whole = make_whole()
    facts = whole.facts
    assert (facts.root_id, facts.kind, facts.now) == ("order-R7K2", Kind.ORDER, whole.now)
    assert facts.documents == {"order-R7K2": whole.order}
    assert facts.records == whole.stored.records
