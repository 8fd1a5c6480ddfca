"""What there is to say of one row, in the words of the columns that the file has."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from services.api.problems import FieldError, Language, Said, field_errors, problem_document
from services.cli.imports.row_report import Remark
from services.cli.tables.fault import CellUnusable, Fault, Weight
from services.cli.tables.table import Table
from services.core.domain.errors import DomainError


class Remarks:
    """Collects the remarks of a row.

    `places` leads from fields of the API's form (JSON pointers) to columns; `stands_in` names columns that
    may take the place of one that the file lacks.
    """

    def __init__(
        self,
        table: Table,
        number: int,
        *,
        places: Mapping[str, str],
        stands_in: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.list: list[Remark] = []
        self._table = table
        self._number = number
        self._places = dict(places)
        self._stands_in = stands_in

    def place(self, pointer: str, column: str) -> None:
        """Say from which column of this row a field came."""
        self._places[pointer] = column

    def add(self, weight: Weight, column: str, fault: Fault) -> None:
        """Note what is wrong with a column, by our name of it."""
        self.list.append(Remark(self._number, self._heading(column), weight, fault.code, fault.said))

    def unusable(self, cell: CellUnusable) -> None:
        """Note a cell that cannot be read."""
        self.add(Weight.REFUSED, cell.column or "", cell.fault)

    def invalid(self, error: ValidationError) -> None:
        """Note what the API would say of the fields."""
        errors = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_input=False)]
        self.fields(field_errors(errors))

    def fields(self, errors: Iterable[FieldError]) -> None:
        """Note refused fields, in the form in which the API keeps them."""
        for error in errors:
            texts = [
                problem_document("validation-failed", language, errors=[error])["errors"][0]["detail"]
                for language in (Language.VIETNAMESE, Language.ENGLISH)
            ]
            column = self._column_of(error.get("pointer", ""))
            self.list.append(Remark(self._number, column, Weight.REFUSED, error["code"], Said(*texts)))

    def refused(self, code: str, pointer: str | None, facts: Mapping[str, Any]) -> None:
        """Note a refusal of the rules."""
        texts = [
            problem_document(code, language, facts=facts)["detail"]
            for language in (Language.VIETNAMESE, Language.ENGLISH)
        ]
        column = self._column_of(pointer or "")
        self.list.append(Remark(self._number, column, Weight.REFUSED, code, Said(*texts)))

    def refusal(self, refusal: DomainError) -> None:
        """Note a refusal that was raised."""
        self.refused(refusal.code, refusal.pointer, refusal.facts)

    def differs(self, pointers: Iterable[str], fault: Fault) -> None:
        """Note columns that say something else than what is stored."""
        for column in dict.fromkeys(self._column_of(pointer) for pointer in pointers):
            self.list.append(Remark(self._number, column, Weight.CHANGED, fault.code, fault.said))

    def _column_of(self, pointer: str) -> str:
        while pointer and pointer not in self._places:
            pointer = pointer.rpartition("/")[0]
        return self._heading(self._places.get(pointer, ""))

    def _heading(self, column: str) -> str:
        """Give the heading as the file has it; for a column that the file lacks, our name of it."""
        candidates = (column, *self._stands_in.get(column, ()))
        return next((written for name in candidates if (written := self._table.heading(name))), column)
