"""How the control routes reach their portal."""

from typing import Annotated

from fastapi import Depends, Request

from services.mock_portal.portal import Portal


async def portal_of(request: Request) -> Portal:
    portal: Portal = request.app.state.portal
    return portal


PortalDep = Annotated[Portal, Depends(portal_of)]
