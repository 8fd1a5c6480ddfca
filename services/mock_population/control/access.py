"""How the control routes reach their database."""

from typing import Annotated

from fastapi import Depends, Request

from services.mock_population.database import Database


async def database_of(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


DatabaseDep = Annotated[Database, Depends(database_of)]
