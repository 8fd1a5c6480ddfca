"""`lienthong lookups`, as operations type it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.cli import lookups
from tests.integration.test_import_command import Run, ready, run
from tests.integration.test_import_register import stored

__all__ = ["run"]

NUMBER = "001090000001"
OTHER = "001090000002"
OFFICER = "Trần Văn Bình"


@pytest.fixture
def typed(run: Run, tmp_path: Path, database_url: str) -> "Typed":
    """Type the command where there are units and procedures."""
    ready(run, tmp_path)
    return Typed(database_url)


class Typed:
    def __init__(self, database_url: str) -> None:
        self.database_url = database_url

    def __call__(self, *arguments: str, number: str | None = None) -> Result:
        environment = {"LIENTHONG_DATABASE_URL": self.database_url, "COLUMNS": "200"}
        given = None if number is None else f"{number}\n"
        return CliRunner().invoke(lookups.app, arguments, env=environment, input=given)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return stored(self.database_url, query)


def accounts(typed: Typed) -> list[dict[str, Any]]:
    listed = typed("account", "list", "--json")
    assert listed.exit_code == 0, listed.output
    found: list[dict[str, Any]] = json.loads(listed.stdout)
    return found


def test_a_number_is_read_from_standard_input_and_shown_to_nobody(typed: Typed) -> None:
    done = typed("account", "set", "H44.101", "--officer", OFFICER, number=NUMBER)

    assert done.exit_code == 0, done.output
    assert NUMBER not in done.output
    [account] = accounts(typed)
    assert (account["unit"], account["officer"], account["ended_at"]) == ("H44.101", OFFICER, None)
    assert account["number"] == "*********001"
    table = typed("account", "list")
    assert (NUMBER in table.output, "*********001" in table.output) == (False, True)
    kept = "SELECT identity_number FROM look_up_accounts"
    assert typed.rows(kept) == [(NUMBER,)]


def test_a_new_number_ends_the_old_one_and_is_kept_beside_it(typed: Typed) -> None:
    typed("account", "set", "H44.101", number=NUMBER)
    typed("account", "set", "H44.101", number=OTHER)

    assert [(row["number"][-3:], row["ended_at"] is None, row["officer"]) for row in accounts(typed)] == [
        ("001", False, None),
        ("002", True, None),
    ]


def test_an_account_that_was_ended_asks_no_more(typed: Typed) -> None:
    typed("account", "set", "H44.101", number=NUMBER)

    ended = typed("account", "end", "H44.101")
    again = typed("account", "end", "H44.101")

    assert (ended.exit_code, again.exit_code) == (0, 1)
    assert "H44.101" in ended.output
    assert accounts(typed)[0]["ended_at"] is not None


@pytest.mark.parametrize(("unit", "number"), [("H44.777", NUMBER), ("H44.101", "12345")])
def test_what_is_wrong_is_told_in_both_languages_and_nothing_is_kept(
    typed: Typed, unit: str, number: str
) -> None:
    done = typed("account", "set", unit, number=number)

    assert done.exit_code == 1
    vietnamese, english = done.stderr.strip().splitlines()[-2:]
    assert vietnamese != english
    assert number not in done.output
    assert accounts(typed) == []


def test_a_unit_can_insist_on_a_match_and_let_go_of_it(typed: Typed) -> None:
    rule = "SELECT look_up_rule FROM units WHERE code = 'H44.101'"
    [(before,)] = typed.rows(rule)

    insisting = typed("require", "H44.101")
    [(during,)] = typed.rows(rule)
    letting_go = typed("require", "H44.101", "--off")

    assert (insisting.exit_code, letting_go.exit_code) == (0, 0)
    assert during != before
    assert typed.rows(rule) == [(before,)]
    assert typed("require", "H44.777").exit_code == 1


def test_a_procedure_can_do_without_look_ups(typed: Typed) -> None:
    wanted = "SELECT look_up FROM procedures WHERE code = '1.001193'"

    assert typed("procedure", "1.001193", "--off").exit_code == 0
    assert typed.rows(wanted) == [(False,)]
    assert typed("procedure", "1.001193").exit_code == 0
    assert typed.rows(wanted) == [(True,)]
    assert typed("procedure", "9.999999").exit_code == 1
