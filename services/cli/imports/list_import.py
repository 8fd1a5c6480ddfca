"""Bringing a list in: each row becomes what one call of the API would bring, chunk by chunk."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from services.cli.imports.chunks import go_through
from services.cli.imports.form_row import Document, Form, FormRow
from services.cli.imports.outcome import Fate, Outcome
from services.cli.imports.remarks import Remarks
from services.cli.imports.storing import stored
from services.cli.tables.headings import Column
from services.cli.tables.table import Table, TableRow
from services.core.persistence.engine import Sessions

T = TypeVar("T")
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class ListFile:
    """The file, and what the command line says of any list."""

    path: Path
    sheet: str | None
    dry_run: bool


@dataclass(frozen=True, slots=True)
class ListKind(Generic[T, B]):
    """A kind of list. One of the columns `telling` marks a row as data.

    `places` and `stands_in` lead from a field of the form to the column that the remark is about. `fate_of`
    says what became of a row that could be read, and adds the remarks.
    """

    columns: Sequence[Column]
    telling: Sequence[str]
    places: Mapping[str, str]
    stands_in: Mapping[str, tuple[str, ...]]
    form: Callable[[Document], Form[T]]
    fate_of: Callable[[FormRow[T], B], Fate]

    async def bring_in(
        self,
        file: ListFile,
        sessions: Sessions,
        *,
        document: Callable[[TableRow, Remarks], Document],
        record: Callable[[AsyncSession, Mapping[int, T]], Awaitable[Mapping[int, B]]],
    ) -> Outcome:
        """Store what is new, a chunk a transaction; raises `TableUnreadable`.

        `document` gives a row in the words of the form, `record` says by row what became of the values.
        """
        table = Table(file.path, self.columns, telling=self.telling, sheet=file.sheet)
        outcome = Outcome(unread=table.headings.unread)

        def read(row: TableRow) -> FormRow[T]:
            found: FormRow[T] = FormRow(table, row, places=self.places, stands_in=self.stands_in)
            return found.read(document, self.form)

        async def store(chunk: Sequence[FormRow[T]]) -> None:
            lines = {row.number: row.value for row in chunk if row.value is not None}
            became = await stored(sessions, lambda session: record(session, lines), dry_run=file.dry_run)
            for row in chunk:
                told = became.get(row.number)
                fate = Fate.REFUSED if told is None else self.fate_of(row, told)
                outcome.add(fate, row.remarks.list)

        await go_through(table, read=read, store=store)
        outcome.passed_over = table.passed_over
        return outcome
