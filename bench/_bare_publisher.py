"""The least that a sender can do: bare paho connections, one a dock, that send bytes made beforehand at a dock's pace.

Reads the messages of one round as JSON lines `[topic, payload]`, one line a dock's list, from standard input. Prints
`ready` when all are connected, and the number of messages sent at each whole second.
"""

from __future__ import annotations

import json
import os
import select
import sys
import time

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

INTERVAL = 2.0  # s


def connected(number: int) -> mqtt.Client:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"bare-{number}")
    client.username_pw_set(os.environ["ARGUS_MQTT_USERNAME"], os.environ["ARGUS_MQTT_PASSWORD"])
    client.connect(os.environ["ARGUS_MQTT_HOST"], int(os.environ["ARGUS_MQTT_PORT"]), keepalive=600)
    # Not client.loop(): it selects, which cannot wait for the file descriptors of a thousand clients.
    answered = select.poll()
    opened = client.socket()
    assert opened is not None
    answered.register(opened.fileno(), select.POLLIN)
    while not client.is_connected():
        answered.poll(1000)
        client.loop_read()
    return client


def main() -> None:
    rounds = [[(topic, payload.encode()) for topic, payload in json.loads(line)] for line in sys.stdin]
    clients = [connected(number) for number in range(len(rounds))]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sent, began, told = 0, time.monotonic(), 0
    turn = 0
    while True:
        due = began + turn * INTERVAL / len(rounds)
        pause = due - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        number = turn % len(rounds)
        for topic, payload in rounds[number]:
            clients[number].publish(topic, payload, qos=0)
            sent += 1
        turn += 1
        if int(due - began) > told:
            told = int(due - began)
            sys.stdout.write(f"{sent}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
