"""The way to Valkey. Nothing connects before the first command, so whoever holds it can always close it."""

from typing import Final

from arq.connections import ArqRedis
from redis.asyncio import ConnectionPool

from services.core.jobs import names, serializer

_CONNECT_SECONDS: Final = 1


def broker_at(redis_url: str) -> ArqRedis:
    """Give a client; `let_go` ends it. arq's own `create_pool` loses its connection if it is cut short."""
    return ArqRedis(
        pool_or_conn=ConnectionPool.from_url(redis_url, socket_connect_timeout=_CONNECT_SECONDS),
        job_serializer=serializer.dumps,
        job_deserializer=serializer.loads,
        default_queue_name=names.QUEUE,
    )


async def let_go(broker: ArqRedis) -> None:
    """Close all connections."""
    await broker.aclose(close_connection_pool=True)
