"""`lienthong policy`: who may do what, as the running code has it."""

from collections.abc import Iterator

import typer

from services.core.domain.policy import OFFICER_ROLES, POLICY, ROLE_NAMES, SCOPES, Action, Relation, Role

app = typer.Typer()

_SIGNS = {
    frozenset({Relation.OWN}): "own",
    frozenset({Relation.OWN, Relation.CHILD}): "own + below",
    frozenset({Relation.NONE}): "yes",
}


@app.command()
def policy() -> None:
    """Ai được làm gì / who may do what: the policy table as Markdown."""
    typer.echo("\n".join(policy_lines()))


def policy_lines() -> Iterator[str]:
    """Write the table: a row per action, a column per role of officers."""
    roles = [role for role in Role if role in OFFICER_ROLES]
    yield (
        "| Action | "
        + " | ".join(" · ".join(ROLE_NAMES[role]) for role in roles)
        + " | Scope of the client |"
    )
    yield "|" + "---|" * (len(roles) + 2)
    for action in Action:
        cells = (_SIGNS.get(POLICY[role].get(action, frozenset()), "") for role in roles)
        yield f"| `{action}` | " + " | ".join(cells) + f" | `{SCOPES[action]}` |"
