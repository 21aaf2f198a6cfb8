"""What went wrong with the broker decides what happens next: ask a person, or try again."""

from __future__ import annotations

import aiomqtt
import pytest
from aiomqtt.exceptions import MqttConnectError
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from monitor.bus import _translated
from monitor.errors import CredentialsRefused, PeerUnreachable
from monitor.settings import Mqtt

MQTT = Mqtt(host="broker.example")


@pytest.mark.parametrize("code", [4, 5, ReasonCode(PacketTypes.CONNACK, "Not authorized")])
def test_a_broker_that_answers_no_needs_a_person(code: int | ReasonCode) -> None:
    assert isinstance(_translated(MQTT, MqttConnectError(code), False), CredentialsRefused)


@pytest.mark.parametrize("code", [MQTTErrorCode.MQTT_ERR_NO_CONN, MQTTErrorCode.MQTT_ERR_CONN_REFUSED])
@pytest.mark.parametrize("made", [False, True])
def test_a_client_without_a_connection_tries_again(code: MQTTErrorCode, made: bool) -> None:
    """The client numbers "not connected" 4 and "connection refused" 5, like a broker bad passwords."""
    assert isinstance(_translated(MQTT, aiomqtt.MqttCodeError(code), made), PeerUnreachable)


@pytest.mark.parametrize("code", [1, 2, 3])
def test_a_broker_that_is_not_ready_is_asked_again(code: int) -> None:
    assert isinstance(_translated(MQTT, MqttConnectError(code), False), PeerUnreachable)
