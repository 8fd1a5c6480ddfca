"""Whatever sources say in whatever order, the record is what the rules make of it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.core.domain.citizen import CitizenFacts, CitizenField, Source
from services.core.persistence.citizens import CitizenRepository
from services.core.persistence.engine import Sessions

NUMBER = "025190000123"
START = datetime(2026, 1, 1, tzinfo=UTC)

told = st.lists(
    st.builds(
        lambda name, phone, source, day: CitizenFacts(
            NUMBER,
            {CitizenField.NAME: name} | ({CitizenField.PHONE: phone} if phone else {}),
            source,
            START + timedelta(days=day),
        ),
        st.sampled_from(["Nguyễn Thị Hoa", "NGUYEN THI HOA", "Trần Văn Bốn"]),
        st.sampled_from(["", "0911111111", "0922222222"]),
        st.sampled_from(list(Source)),
        st.integers(0, 4),
    ),
    min_size=1,
    max_size=7,
)


@dataclass
class Model:
    """The rules in plain words of Python; values are (value, is an authority's, day)."""

    name_key: str | None = None
    values: dict[str, tuple[str, bool, datetime]] = field(default_factory=dict)
    contradictions: int = 0

    def hear(self, facts: CitizenFacts) -> None:
        authority = facts.source is not Source.DOSSIER
        if self.name_key not in (None, facts.name_key):
            self.contradictions += 1
            _, known_authority, known_at = self.values["name"]
            if not authority or (known_authority and facts.as_of < known_at):
                return
            self.values = {name: value for name, value in self.values.items() if value[1]}
        self.name_key = facts.name_key
        for name, value in facts.values.items():
            known = self.values.get(name.value)
            if known is None or (authority, facts.as_of) >= known[1:]:
                self.values[name.value] = (value, authority, facts.as_of)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=told)
async def test_the_record_is_what_the_rules_make_of_it(sessions: Sessions, said: list[CitizenFacts]) -> None:
    model = Model()
    async with sessions() as session:
        for facts in said:
            model.hear(facts)
            await CitizenRepository(session).remember(facts)
        row = (await session.execute(text("SELECT name_key, facts, contradictions FROM citizens"))).one()
        await session.rollback()

    kept = {
        name: (fact["value"], fact["source"] != "dossier", datetime.fromisoformat(fact["as_of"]))
        for name, fact in row.facts.items()
    }
    assert (row.name_key, kept, row.contradictions) == (model.name_key, model.values, model.contradictions)
