from tests.desk_api import DeskApi
from tests.onboarding_events import an_event, send


async def test_an_event_counts_once_however_often_it_is_sent(api: DeskApi) -> None:
    event = an_event()
    first, again = await send(api.ward.http, [event, event])
    assert (first["status"], again["status"]) == (201, 200)
    assert [row["status"] for row in await send(api.ward.http, [event])] == [200]
    coverage = await api.ward.get("/v1/onboarding/coverage", step="digital_signature")
    assert coverage["totals"][0]["done"] == 1
