"""Payments to recipients of social security, with their sums by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.figures import Group, Grouping, GroupingNotKept, Period
from services.core.domain.payout import CASH_CHANNELS, Payout
from services.core.persistence.planning import plan_for_values
from services.core.persistence.subtree import UNDER

# One statement, so that the sums hold what was stored and nothing else; rows are locked in the order of keys.
# A known payout is "updated" to what it was, because only so its row comes back, whoever stored it when.
_ADD: Final = text("""
WITH reported AS MATERIALIZED (
    SELECT r.*, row_number() OVER (PARTITION BY unit_id, programme, reference ORDER BY line) AS nth
    FROM jsonb_to_recordset(:rows) AS r(line int, unit_id int, programme text, reference text,
        recipient text, identity_number text, amount_vnd bigint, channel text, paid_on date)
), stored AS (
    INSERT INTO payouts AS p (unit_id, programme, reference, recipient, identity_number, amount_vnd, channel,
        paid_on)
    SELECT unit_id, programme, reference, recipient, identity_number, amount_vnd, channel, paid_on
    FROM reported WHERE nth = 1 ORDER BY unit_id, programme, reference
    ON CONFLICT (unit_id, programme, reference) DO UPDATE SET reference = p.reference
    RETURNING new.*, old.id IS NULL AS is_new
), counted AS (
    INSERT INTO payout_days AS t (day, unit_id, programme, channel, payouts, amount_vnd)
    SELECT paid_on, unit_id, programme, channel, count(*), sum(amount_vnd) FROM stored WHERE is_new
    GROUP BY paid_on, unit_id, programme, channel ORDER BY paid_on, unit_id, programme, channel
    ON CONFLICT (day, unit_id, programme, channel)
    DO UPDATE SET payouts = t.payouts + excluded.payouts, amount_vnd = t.amount_vnd + excluded.amount_vnd
), totalled AS (
    INSERT INTO tallies AS t (name, label, unit_id, value)
    SELECT total.name, s.channel, s.unit_id, sum(total.number)
    FROM stored s, LATERAL (VALUES ('payouts', 1), ('payouts_vnd', s.amount_vnd)) AS total(name, number)
    WHERE s.is_new GROUP BY total.name, s.channel, s.unit_id ORDER BY total.name, s.channel, s.unit_id
    ON CONFLICT (name, label, unit_id) DO UPDATE SET value = t.value + excluded.value
)
SELECT r.line, s.is_new AND r.nth = 1 AS is_new,
    (r.recipient, r.amount_vnd, r.channel, r.paid_on) = (s.recipient, s.amount_vnd, s.channel, s.paid_on)
        AS is_same
FROM reported r JOIN stored s USING (unit_id, programme, reference) ORDER BY r.line
""").bindparams(bindparam("rows", type_=JSONB))

_SUMS: Final = """
SELECT {key} AS key, {name} AS name, coalesce(sum(n.payouts), 0)::bigint AS payouts,
    coalesce(sum(n.amount_vnd), 0)::bigint AS amount_vnd,
    coalesce(sum(n.payouts) FILTER (WHERE n.channel <> ALL (:cash)), 0)::bigint AS without_cash,
    coalesce(sum(n.amount_vnd) FILTER (WHERE n.channel <> ALL (:cash)), 0)::bigint AS without_cash_vnd
FROM payout_days n JOIN units u ON u.id = n.unit_id
WHERE n.day BETWEEN :first AND :last AND n.unit_id = {under}
    AND (CAST(:programme AS text) IS NULL OR n.programme = :programme)
"""
_GROUPED: Final = f"{_SUMS}GROUP BY 1, 2 ORDER BY 1"
# Without groups there is a line even of nothing.
_STATEMENTS: Final = {
    Grouping.TOTAL: text(_SUMS.format(key="''", name="''", under=UNDER)),
    Grouping.UNIT: text(_GROUPED.format(key="u.code", name="u.name", under=UNDER)),
    Grouping.LEVEL: text(_GROUPED.format(key="u.level", name="''", under=UNDER)),
}


@dataclass(frozen=True, slots=True)
class StoredPayout:
    """What became of a line: new, or known, in which case it says the same as before or not."""

    line: int
    is_new: bool
    is_same: bool


@dataclass(frozen=True, slots=True)
class PayoutSums:
    """Payouts of one group, in number and in dong."""

    group: Group
    payouts: int
    amount_vnd: int
    without_cash: int
    without_cash_vnd: int


class PayoutRepository:
    """Stores payouts once each, and reads their sums; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, payouts: Sequence[tuple[int, int, Payout]]) -> list[StoredPayout]:
        """Store payouts given as line, id of the unit and payout, in the order of their lines."""
        rows = [_document(line, unit_id, payout) for line, unit_id, payout in payouts]
        answer = await self._session.execute(_ADD, {"rows": rows})
        return [StoredPayout(row.line, row.is_new, row.is_same) for row in answer]

    async def sums(
        self, period: Period, grouping: Grouping, *, within: str, programme: str | None
    ) -> list[PayoutSums]:
        """Add up the days of a period; raises `GroupingNotKept`: payouts are under no procedure."""
        if grouping not in _STATEMENTS:
            raise GroupingNotKept(pointer="/by", groupings=[kept.value for kept in _STATEMENTS])
        await plan_for_values(self._session)
        rows = await self._session.execute(
            _STATEMENTS[grouping],
            {
                "first": period.first,
                "last": period.last,
                "within": within,
                "programme": programme,
                "cash": sorted(CASH_CHANNELS),
            },
        )
        return [
            PayoutSums(
                Group(row.key, row.name), row.payouts, row.amount_vnd, row.without_cash, row.without_cash_vnd
            )
            for row in rows
        ]


def _document(line: int, unit_id: int, payout: Payout) -> dict[str, object]:
    return {
        "line": line,
        "unit_id": unit_id,
        "programme": payout.programme,
        "reference": payout.reference,
        "recipient": payout.recipient,
        "identity_number": payout.identity_number,
        "amount_vnd": payout.amount_vnd,
        "channel": payout.channel.value,
        "paid_on": payout.paid_on.isoformat(),
    }
