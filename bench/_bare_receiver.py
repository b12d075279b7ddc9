"""The least that a receiver can do: aiomqtt's own loop over its messages, counted. Prints a line at each thousand."""

from __future__ import annotations

import asyncio
import os
import sys

import aiomqtt


async def main() -> None:
    async with aiomqtt.Client(
        os.environ["ARGUS_MQTT_HOST"],
        int(os.environ["ARGUS_MQTT_PORT"]),
        username=os.environ["ARGUS_MQTT_USERNAME"],
        password=os.environ["ARGUS_MQTT_PASSWORD"],
    ) as client:
        await client.subscribe("thing/product/+/osd", qos=1)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        count = 0
        async for _ in client.messages:
            count += 1
            if count % 1_000 == 0:
                sys.stdout.write(f"{count}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
