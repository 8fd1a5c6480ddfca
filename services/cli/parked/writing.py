"""Parked dossiers on a terminal, and as JSON."""

import shlex
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from services.core.application.list_parked import ParkedPage
from services.core.domain.deadline import VIETNAM
from services.core.domain.park_help import help_for
from services.core.domain.park_owner import owner_of
from services.core.domain.wording import PARK_OWNERS
from services.core.persistence.parked import ParkedDossier, ParkedGroup, ParkedSummary


def write_dossiers(page: ParkedPage) -> None:
    """Print a table; tells if there are more."""
    table = Table(
        "Hồ sơ / dossier",
        "Đơn vị / unit",
        "Bên xử lý / to act",
        "Nhóm / group",
        "Lời / words",
        "Chờ từ / since",
    )
    for row in page.dossiers:
        since = row.mark.due_since.astimezone(VIETNAM).strftime("%H:%M %d/%m/%Y")
        owner = "\n".join(PARK_OWNERS[owner_of(row.park_group)])
        table.add_row(row.code, row.unit_code, owner, row.park_group, row.words or "", since)
    Console().print(table)
    if page.last is not None:
        typer.echo("Còn nữa, xem --limit / there are more, see --limit", err=True)


def write_groups(summary: ParkedSummary) -> None:
    """Print each group with its meaning, the fix, and the command that sends it on."""
    typer.echo(
        f"{summary.dossier_count} hồ sơ, {summary.group_count} nhóm"
        f" / {summary.dossier_count} dossiers, {summary.group_count} groups"
    )
    for group in summary.groups:
        since = group.first_since.astimezone(VIETNAM).strftime("%H:%M %d/%m/%Y")
        typer.echo(f"\n{group.count:>6}  {group.group}")
        for line in _explained(group):
            typer.echo(f"        {line}")
        owner = " / ".join(PARK_OWNERS[owner_of(group.group)])
        typer.echo(f"        Bên xử lý / to act: {owner}")
        typer.echo(f"        Từ / since {since}, ví dụ / such as {', '.join(group.examples)}")
        typer.echo(f"        lienthong parked replay --group {shlex.quote(group.group)}")


def dossier_document(row: ParkedDossier) -> dict[str, Any]:
    """Give a dossier for JSON; times are RFC 3339 in UTC."""
    return {
        "id": str(row.mark.dossier_id),
        "code": row.code,
        "unit": row.unit_code,
        "procedure": row.procedure_code,
        "cause": row.park_cause,
        "group": row.park_group,
        "owner": owner_of(row.park_group),
        "words": row.words,
        "due_since": row.mark.due_since.isoformat(),
        "parked_at": row.parked_at and row.parked_at.isoformat(),
        "flagged_at": row.flagged_at and row.flagged_at.isoformat(),
    }


def group_document(group: ParkedGroup) -> dict[str, Any]:
    """Give a group for JSON, with its explanation in both languages where there is one."""
    known = help_for(group.group)
    return {
        "group": group.group,
        "causes": list(group.causes),
        "owner": owner_of(group.group),
        "dossiers": group.count,
        "first_since": group.first_since.isoformat(),
        "next_flagged_at": group.next_flagged_at and group.next_flagged_at.isoformat(),
        "meaning": known and known.meaning._asdict(),
        "fix": known and known.fix._asdict(),
        "words": group.words,
        "examples": list(group.examples),
    }


def _explained(group: ParkedGroup) -> list[str]:
    known = help_for(group.group)
    words = [f"“{group.words}”"] if group.words else []
    if known is None:
        return words
    return [*words, " / ".join(known.meaning), f"→ {known.fix.vi}", f"  {known.fix.en}"]
