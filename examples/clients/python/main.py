"""A NATS client that reads its Secret again whenever it connects."""

import asyncio
import os
import ssl
from pathlib import Path

import nats
from nats.aio.client import Client

FOLDER = Path(os.environ.get("NATS_FOLDER", "/etc/nats"))
SUBJECT = os.environ.get("NATS_SUBJECT", "orders.created")


def read(name: str) -> str:
    return (FOLDER / name).read_text().strip()


def tls() -> ssl.SSLContext | None:
    # A leaf has no TLS of its own: there the mesh encrypts.
    if not (FOLDER / "tls.crt").exists():
        return None
    context = ssl.create_default_context(cafile=FOLDER / "ca.crt")
    context.load_cert_chain(FOLDER / "tls.crt", FOLDER / "tls.key")
    return context


def log(text: str) -> None:
    print(text, flush=True)


async def log_error(error: Exception) -> None:
    log(f"Error: {error!r}")


async def log_message(message) -> None:
    log(f"Received: {message.data.decode()}")


async def connect() -> Client:
    # nats-py gives a connection up when the server refuses its password, so that reconnecting is left to us.
    return await nats.connect(
        read("url"),
        user=read("username"),
        password=read("password"),
        tls=tls(),
        inbox_prefix=f"_INBOX_{read('username')}",
        allow_reconnect=False,
        max_reconnect_attempts=1,
        error_cb=log_error,
    )


async def main() -> None:
    number = 1
    while True:
        try:
            connection = await connect()
            log("Connected")
            await connection.subscribe(SUBJECT, cb=log_message)
            while connection.is_connected:
                await connection.publish(SUBJECT, f"Message #{number}".encode())
                number += 1
                await asyncio.sleep(1)
            log("Disconnected")
        except (OSError, nats.errors.Error, asyncio.TimeoutError) as error:
            log(f"Not connected: {error!r}")
        await asyncio.sleep(1)


asyncio.run(main())
