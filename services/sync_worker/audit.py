"""Sealing the audit log, once a minute in one of the workers, and carrying the roots out."""

import asyncio
from functools import partial

from services.core.application.seal_audit import SEALED_AT_ONCE, new_roots, seal_audit
from services.core.persistence.engine import Sessions
from services.core.persistence.root_files import RootFiles
from services.sync_worker.upkeep import again_and_again


class AuditSealing:
    """Seals until cancelled; of several workers one at a time does it. Without `files` no root leaves."""

    def __init__(self, sessions: Sessions, *, files: RootFiles | None, seconds: float) -> None:
        self._sessions = sessions
        self._files = files
        self._seconds = seconds

    async def run(self) -> None:
        """Seal again and again; a failure is told, and the delivery goes on."""
        await again_and_again(self.seal, seconds=self._seconds, failure="audit.sealing_failed")

    async def seal(self) -> None:
        """Link all that is there, in transactions of a piece each, and export the new roots."""
        sealed: int | None = SEALED_AT_ONCE
        while sealed == SEALED_AT_ONCE:
            async with self._sessions.begin() as session:
                sealed = await seal_audit(session)
        if self._files is not None:
            await self._export(self._files)

    async def _export(self, files: RootFiles) -> None:
        """Write down what is committed: a root that left sooner could name links that never came to be."""
        async with self._sessions.begin() as session:
            if roots := await new_roots(session, last=partial(asyncio.to_thread, files.last_id)):
                await asyncio.to_thread(files.append, roots)
