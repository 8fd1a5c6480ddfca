"""`lienthong import`: bring files into the database."""

import typer

from services.cli.imports.catalogue import procedures, units, working_days
from services.cli.imports.dossiers import dossiers
from services.cli.imports.onboarding import onboarding
from services.cli.imports.payouts import payouts
from services.cli.imports.population import population

app = typer.Typer(no_args_is_help=True, help="Nhập dữ liệu từ tệp / bring files in")
app.command()(units)
app.command()(procedures)
app.command("working-days")(working_days)
app.command()(dossiers)
app.command()(onboarding)
app.command()(population)
app.command()(payouts)
