"""The twenty pitfalls of a collector's author, one after another; the messages are cut from recorded traffic."""

from __future__ import annotations

import pytest

from collectors.asterisk_ami.calls import HANGUP_SECONDS
from collectors.asterisk_ami.members import OTHER_CALL_SECONDS
from collectors.asterisk_ami.protocol import Framer
from collectors.asterisk_queue_log.log import parse
from monitor import events as ev
from tests.collectors.asterisk_traffic import (
    BEGAN,
    Exchange,
    agent,
    channels,
    lists,
    message,
    parsed,
    response,
)

MEMBER = {"Queue": "techniek", "Location": "Local/10@a/n", "Name": "Noor Smit"}


def status(exchange: Exchange, at: float, value: int, **headers: object) -> list[ev.Event]:
    told = {"Queue": "techniek", "MemberName": "Noor Smit", "Interface": "Local/10@a/n", "Paused": 0, **headers}
    return exchange.say("QueueMemberStatus", at, Status=value, **told)


def states(exchange: Exchange) -> list[tuple[str, str]]:
    return [(event.state, event.reason) for event in exchange.of(ev.AgentStateChanged)]


class Test01AgentCompleteMayLackItsChannels:
    def test_without_any_channel_it_is_found_by_queue_and_member(self) -> None:
        exchange = Exchange()
        exchange.join("1.1", "techniek", 0)
        exchange.answer("1.1", "techniek", 3)
        exchange.say(
            "AgentComplete",
            10,
            Queue="techniek",
            MemberName="Noor Smit",
            Interface="Local/10@a/n",
            TalkTime=7,
            Reason="caller",
        )
        (ended,) = exchange.of(ev.ContactEnded)
        assert (ended.contact, ended.by, ended.talk_seconds) == ("pbx:1.1", "customer", 7)

    def test_a_changed_channel_of_the_agent_changes_nothing(self) -> None:
        exchange = Exchange()
        exchange.join("1.1", "techniek", 0)
        exchange.answer("1.1", "techniek", 3, DestUniqueid="1.15")
        exchange.say("Hangup", 5, Uniqueid="1.15", Linkedid="1.1")
        assert not exchange.of(ev.ContactEnded)
        exchange.complete("1.1", "techniek", 10, DestUniqueid="1.17")
        assert len(exchange.of(ev.ContactEnded)) == 1

    def test_of_a_call_nobody_knows_the_totals_are_complete(self) -> None:
        exchange = Exchange()
        exchange.say(
            "AgentComplete", 30, Queue="techniek", MemberName="Noor Smit", HoldTime=3, TalkTime=7, Reason="agent"
        )
        assert [type(event) for event in exchange.told if isinstance(event, ev.OfContact)] == [
            ev.ContactOffered,
            ev.ContactAnswered,
            ev.ContactEnded,
        ]


class Test02LeavingIsNotAbandoning:
    def test_leave_then_connect_is_an_answer(self) -> None:
        exchange = Exchange()
        exchange.join("1.1", "techniek", 0)
        assert exchange.leave("1.1", "techniek", 3) == []
        exchange.answer("1.1", "techniek", 3)
        exchange.wait(60)
        assert exchange.of(ev.ContactAnswered)
        assert not exchange.of(ev.ContactLeft)

    def test_abandon_comes_before_its_leave(self) -> None:
        exchange = Exchange()
        exchange.sees_dialplan()
        exchange.join("1.1", "techniek", 0)
        exchange.say("HangupRequest", 5, Uniqueid="1.1")
        assert exchange.abandon("1.1", "techniek", 5) == []
        assert exchange.leave("1.1", "techniek", 5) == []
        (left,) = exchange.wait(5 + HANGUP_SECONDS)
        assert isinstance(left, ev.ContactLeft)
        assert (left.reason, left.waited_seconds) == ("abandoned", 5)

    def test_phones_that_ring_together_stop_together(self) -> None:
        exchange = Exchange()
        exchange.join("1.1", "verkoop", 0)
        for number, name in ((8, "Ruben Mulder"), (9, "Eva de Boer")):
            dest = {"DestUniqueid": f"1.{number}", "Interface": f"Local/{number}@a/n", "MemberName": name}
            told = {
                "Queue": "verkoop",
                "MemberName": name,
                "Interface": f"Local/{number}@a/n",
                "Status": 1,
                "Paused": 0,
            }
            exchange.say("QueueMemberStatus", 0, **told)
            exchange.say("AgentCalled", 1, Queue="verkoop", Uniqueid="1.1", **dest)
        exchange.answer("1.1", "verkoop", 3, "Ruben Mulder", Interface="Local/8@a/n")
        last = {event.agent: event.state for event in exchange.of(ev.AgentStateChanged)}
        assert last == {agent("Ruben Mulder"): "available", agent("Eva de Boer"): "available"}


class Test03SecondsAndMilliseconds:
    def test_hold_and_talk_are_seconds_and_ring_time_is_not_used(self) -> None:
        exchange = Exchange()
        exchange.join("1.1", "techniek", 0)
        exchange.say("AgentCalled", 0, Queue="techniek", Uniqueid="1.1", DestUniqueid="1.2", MemberName="Noor Smit")
        exchange.say(
            "AgentRingNoAnswer", 8, Queue="techniek", DestUniqueid="1.2", MemberName="Noor Smit", RingTime=8000
        )
        exchange.answer("1.1", "techniek", 12, HoldTime=12, RingTime=3)
        exchange.complete("1.1", "techniek", 20)
        assert exchange.of(ev.ContactAnswered)[0].waited_seconds == 12
        assert exchange.of(ev.ContactEnded)[0].talk_seconds == 7

    def test_a_phone_that_refuses_stops_ringing(self) -> None:
        exchange = Exchange()
        status(exchange, 0, 1)
        ring = {"Queue": "techniek", "Uniqueid": "1.1", "DestUniqueid": "1.2"}
        exchange.say("AgentCalled", 1, **ring, MemberName="Noor Smit", Interface="Local/10@a/n")
        exchange.say("DialEnd", 2, DestUniqueid="1.2", DialStatus="BUSY")
        assert states(exchange) == [("available", ""), ("ringing", ""), ("available", "")]


class Test04NobodySaysThatWrapUpIsOver:
    def test_it_is_over_after_the_configured_time(self) -> None:
        exchange = Exchange()
        exchange.join("1.1", "techniek", 0)
        exchange.answer("1.1", "techniek", 3)
        exchange.complete("1.1", "techniek", 10)
        assert exchange.wait(15.9) == []
        (wrapped_up,) = exchange.wait(16)
        assert isinstance(wrapped_up, ev.ContactWrappedUp)
        assert (wrapped_up.wrap_up_seconds, wrapped_up.at.timestamp()) == (6, BEGAN + 16)

    def test_a_members_own_wrap_up_goes_before_the_queues(self) -> None:
        exchange = Exchange()
        status(exchange, 0, 1, Wrapuptime=2)
        exchange.join("1.1", "techniek", 0)
        exchange.answer("1.1", "techniek", 3)
        exchange.complete("1.1", "techniek", 10)
        exchange.wait(12)
        assert exchange.of(ev.ContactWrappedUp)[0].wrap_up_seconds == 2

    def test_it_comes_also_for_a_member_removed_during_the_call(self) -> None:
        exchange = Exchange()
        status(exchange, 0, 1)
        exchange.join("1.1", "techniek", 0)
        exchange.answer("1.1", "techniek", 3)
        exchange.say("QueueMemberRemoved", 5, Queue="techniek", MemberName="Noor Smit", Interface="Local/10@a/n")
        exchange.complete("1.1", "techniek", 10)
        exchange.wait(16)
        assert states(exchange)[-1] == ("offline", "")
        assert len(exchange.of(ev.ContactWrappedUp)) == 1


class Test05ListsNameThingsOtherwise:
    def test_a_listed_member_and_a_live_one_are_the_same_agent(self) -> None:
        exchange = Exchange()
        exchange.hear(lists(members=[MEMBER]), 0)
        status(exchange, 1, 1, Paused=1)
        assert {event.agent for event in exchange.of(ev.AgentStateChanged)} == {agent("Noor Smit")}

    def test_an_entry_without_linkedid_and_number_is_the_waiting_caller(self) -> None:
        exchange = Exchange()
        entry = {"Queue": "techniek", "Uniqueid": "1.1", "Wait": 9, "CallerIDNum": "unknown"}
        exchange.hear(lists(entries=[entry]), 0)
        (offered,) = exchange.of(ev.ContactOffered)
        assert (offered.customer, offered.at.timestamp()) == ("", BEGAN - 9)
        exchange.answer("1.1", "techniek", 3, Linkedid="1.0")
        assert exchange.of(ev.ContactAnswered)[0].visit == offered.visit


class Test06StatusIsNotTheStateOfTheAgent:
    def test_in_use_while_it_rings_is_ringing(self) -> None:
        exchange = Exchange()
        status(exchange, 0, 1)
        ring = {"Queue": "techniek", "Uniqueid": "1.1", "DestUniqueid": "1.2"}
        exchange.say("AgentCalled", 1, **ring, MemberName="Noor Smit", Interface="Local/10@a/n")
        status(exchange, 1, 2)
        assert states(exchange)[-1] == ("ringing", "")

    def test_in_use_without_a_call_from_the_queue_is_another_call(self) -> None:
        exchange = Exchange()
        status(exchange, 0, 1)
        status(exchange, 5, 2)
        exchange.wait(5 + OTHER_CALL_SECONDS - 0.1)
        assert states(exchange) == [("available", "")]
        exchange.wait(5 + OTHER_CALL_SECONDS)
        assert states(exchange)[-1] == ("other_work", "other_call")
        assert exchange.of(ev.AgentStateChanged)[-1].at.timestamp() == BEGAN + 5

    def test_in_use_a_moment_after_the_call_is_nothing(self) -> None:
        exchange = Exchange()
        status(exchange, 0, 1)
        exchange.join("1.1", "techniek", 0)
        exchange.answer("1.1", "techniek", 3)
        status(exchange, 3, 2)
        exchange.complete("1.1", "techniek", 10)
        status(exchange, 10.2, 1)
        exchange.wait(60)
        assert states(exchange) == [("available", "")]


class Test07OneStateForAllQueues:
    def test_pausing_in_all_queues_is_one_break(self) -> None:
        exchange = Exchange()
        for queue in ("klantenservice", "techniek"):
            status(exchange, 0, 1, Queue=queue)
        for queue in ("klantenservice", "techniek"):
            status(exchange, 5, 1, Queue=queue, Paused=1, PausedReason="Lunch")
        assert states(exchange) == [("available", ""), ("available", ""), ("break", "Lunch")]

    def test_repeated_and_needless_messages_say_nothing_new(self) -> None:
        exchange = Exchange(other_work_reasons=("Training",))
        paused = {"Queue": "techniek", "MemberName": "Noor Smit", "Interface": "Local/10@a/n", "Status": 1, "Paused": 1}
        for _ in range(2):
            exchange.say("QueueMemberPause", 1, **paused, PausedReason="Lunch")
        exchange.say("QueueMemberPause", 2, **paused, PausedReason="Training")
        for _ in range(2):
            exchange.say("QueueMemberPause", 3, **{**paused, "Paused": 0}, PausedReason="")
        assert states(exchange) == [("break", "Lunch"), ("other_work", "Training"), ("available", "")]


class Test08WhoIsWho:
    def test_the_same_caller_in_a_second_queue_is_a_second_visit(self) -> None:
        exchange = Exchange()
        exchange.sees_dialplan()
        exchange.join("1.1", "klantenservice", 0, Linkedid="1.0")
        exchange.abandon("1.1", "klantenservice", 50, 50)
        exchange.leave("1.1", "klantenservice", 50)
        exchange.say("VarSet", 50, Uniqueid="1.1", Variable="QUEUESTATUS", Value="TIMEOUT")
        exchange.join("1.1", "techniek", 50, Linkedid="1.0")
        first, second = exchange.of(ev.ContactOffered)
        assert first.contact == second.contact
        assert first.visit != second.visit
        assert exchange.of(ev.ContactLeft)[0].reason == "timeout"

    def test_the_same_queue_twice_is_two_visits(self) -> None:
        exchange = Exchange()
        for at in (0, 20):
            exchange.join("1.1", "techniek", at)
            exchange.answer("1.1", "techniek", at + 3)
            exchange.complete("1.1", "techniek", at + 10, reason="transfer")
        assert len({event.visit for event in exchange.of(ev.ContactOffered)}) == 2

    def test_an_attended_transfer_joins_as_another_channel_of_the_same_contact(self) -> None:
        exchange = Exchange()
        exchange.join("1.1", "klantenservice", 0, Linkedid="1.0")
        exchange.answer("1.1", "klantenservice", 3, Linkedid="1.0")
        exchange.join("1.77", "techniek", 8, Linkedid="1.0", CallerIDNum="klantenservice")
        first, second = exchange.of(ev.ContactOffered)
        assert (second.contact, second.customer) == (first.contact, first.customer)
        assert second.transferred_in

    def test_a_join_before_the_end_of_the_call_it_comes_from(self) -> None:
        exchange = Exchange()
        exchange.join("1.1", "techniek", 0)
        exchange.answer("1.1", "techniek", 3)
        exchange.join("1.1", "techniek", 10)
        exchange.complete("1.1", "techniek", 10, reason="transfer")
        exchange.answer("1.1", "techniek", 14, "Bram Visser")
        exchange.complete("1.1", "techniek", 20, "Bram Visser")
        assert [event.visit for event in exchange.of(ev.ContactEnded)] == ["1.1/techniek", "1.1/techniek/2"]


class Test09Transfers:
    def test_blind_to_a_queue(self) -> None:
        exchange = Exchange()
        exchange.join("9.9", "techniek", 0)
        exchange.join("1.1", "klantenservice", 0)
        exchange.answer("1.1", "klantenservice", 3)
        exchange.say("BlindTransfer", 9, Result="Success", TransfereeUniqueid="1.1", Extension="techniek")
        exchange.complete("1.1", "klantenservice", 9, reason="transfer")
        (transferred,) = exchange.of(ev.ContactTransferred)
        assert (transferred.kind, transferred.to) == ("blind", "techniek")
        assert exchange.of(ev.ContactEnded)[0].by == "transfer"

    def test_attended_to_a_colleague_without_a_target_named(self) -> None:
        exchange = Exchange()
        exchange.join("1.1", "klantenservice", 0)
        exchange.answer("1.1", "klantenservice", 3)
        exchange.say("AttendedTransfer", 9, Result="Success", TransfereeUniqueid="1.1")
        exchange.complete("1.1", "klantenservice", 9, reason="transfer")
        (transferred,) = exchange.of(ev.ContactTransferred)
        assert (transferred.kind, transferred.to) == ("attended", "")

    def test_holds_that_come_alone(self) -> None:
        exchange = Exchange()
        exchange.join("1.1", "klantenservice", 0)
        exchange.answer("1.1", "klantenservice", 3, DestUniqueid="1.2")
        exchange.say("Unhold", 4, Uniqueid="1.2", Linkedid="1.1")
        exchange.say("Hold", 5, Uniqueid="1.2", Linkedid="1.1")
        exchange.complete("1.1", "klantenservice", 9, reason="transfer")
        assert [type(event) for event in exchange.of(ev.ContactHeld, ev.ContactResumed)] == [
            ev.ContactHeld,
            ev.ContactResumed,
        ]
        assert exchange.of(ev.ContactResumed)[0].at == exchange.of(ev.ContactEnded)[0].at


class Test10HoldOnThePhoneBehindALocalChannel:
    def test_only_the_linkedid_connects_it(self) -> None:
        exchange = Exchange()
        exchange.join("1.1", "techniek", 0, Linkedid="1.0")
        exchange.answer("1.1", "techniek", 3, DestUniqueid="1.5", Linkedid="1.0")
        exchange.say("Hold", 5, Channel="IAX2/world-77", Uniqueid="1.7", Linkedid="1.0", MusicClass="default")
        exchange.say("Unhold", 8, Channel="IAX2/world-77", Uniqueid="1.7", Linkedid="1.0")
        assert [event.visit for event in exchange.of(ev.ContactHeld, ev.ContactResumed)] == ["1.1/techniek"] * 2

    def test_hold_of_somebody_elses_call_is_nobodys(self) -> None:
        exchange = Exchange()
        exchange.say("Hold", 5, Uniqueid="3.7", Linkedid="3.0")
        assert not exchange.of(ev.ContactHeld)


def test_11_late_events_of_a_channel_make_nothing() -> None:
    exchange = Exchange()
    exchange.join("1.1", "techniek", 0)
    exchange.answer("1.1", "techniek", 3)
    exchange.complete("1.1", "techniek", 10)
    exchange.say("Hangup", 10, Uniqueid="1.1", Linkedid="1.1")
    told = len(exchange.told)
    for name in ("NewCallerid", "NewConnectedLine"):
        exchange.say(name, 10.1, Uniqueid="1.1", Linkedid="1.1")
    assert len(exchange.told) == told


class Test12Parsing:
    def test_an_event_with_a_response_header_is_an_event(self) -> None:
        originated = parsed(message("OriginateResponse", ActionID="drv-1", Response="Success", Uniqueid="1.1"))
        assert (originated.kind, originated.name) == ("event", "OriginateResponse")

    def test_a_user_event_repeats_headers_and_names_a_queue(self) -> None:
        raw = message("UserEvent", CallerIDNum="0105153101", UserEvent="Terugbelverzoek", Queue="klantenservice")
        repeated = raw[:-2] + b"CallerIDNum: its own\r\n\r\n"
        assert parsed(repeated).get("CallerIDNum") == "0105153101"
        assert Exchange().hear(repeated, 0) == []

    def test_responses_and_events_interleave(self) -> None:
        exchange = Exchange()
        answer = lists(members=[MEMBER])
        middle = answer.index(b"Event: QueueMember\r\n")
        exchange.hear(answer[:middle], 0)
        exchange.join("1.1", "techniek", 0)
        exchange.hear(response("Success", ActionID="x", Ping="Pong"))
        exchange.hear(answer[middle:])
        assert agent("Noor Smit") in {event.agent for event in exchange.of(ev.AgentStateChanged)}
        (snapshot,) = [event for event in exchange.of(ev.QueueSnapshot) if event.queue == "techniek"]
        assert [visit.visit for visit in snapshot.waiting] == ["1.1/techniek"]

    def test_the_greeting_has_no_empty_line(self) -> None:
        first, second = Framer().feed(b"Asterisk Call Manager/11.0.0\r\n" + response("Success", ActionID="1"))
        assert (first.kind, second.get("ActionID")) == ("greeting", "1")


def test_13_only_a_booted_asterisk_is_up() -> None:
    exchange = Exchange()
    exchange.hear(response("Success", ActionID="1", Message="Authentication accepted"), 0)
    exchange.hear(response("Error", ActionID="2", Message="Invalid/unknown command: QueueStatus."), 0)
    assert not exchange.told
    exchange.say("FullyBooted", 2, Uptime=0)
    assert [event.state for event in exchange.of(ev.SourceStatus)] == ["up"]


class Test14Restart:
    def test_who_is_hung_up_by_a_shutdown_did_not_give_up(self) -> None:
        exchange = Exchange()
        exchange.sees_dialplan()
        exchange.join("1.1", "techniek", 0)
        exchange.join("2.1", "techniek", 1)
        exchange.say("SoftHangupRequest", 9, Uniqueid="1.1")
        exchange.abandon("1.1", "techniek", 9, 9)
        exchange.leave("1.1", "techniek", 9)
        exchange.say("Hangup", 9, Uniqueid="1.1")
        assert not exchange.of(ev.ContactLeft)
        exchange.say("Shutdown", 10.5, Shutdown="Cleanly", Restart="True")
        exchange.lose(10.6)
        assert [(event.contact, event.reason) for event in exchange.of(ev.ContactLeft)] == [
            ("pbx:1.1", "closed"),
            ("pbx:2.1", "closed"),
        ]

    def test_a_customer_who_hangs_up_before_it_did(self) -> None:
        exchange = Exchange()
        exchange.sees_dialplan()
        exchange.join("1.1", "techniek", 0)
        exchange.say("HangupRequest", 9, Uniqueid="1.1")
        exchange.abandon("1.1", "techniek", 9, 9)
        exchange.leave("1.1", "techniek", 9)
        exchange.say("Shutdown", 10, Restart="True")
        assert [event.reason for event in exchange.of(ev.ContactLeft)] == ["abandoned"]

    def test_who_seems_to_have_hung_up_when_all_are_hung_up_did_not(self) -> None:
        exchange = Exchange()
        exchange.sees_dialplan()
        for caller in ("1.1", "2.1"):
            exchange.join(caller, "techniek", 0)
        exchange.say("HangupRequest", 9, Uniqueid="1.1")
        exchange.abandon("1.1", "techniek", 9, 9)
        exchange.leave("1.1", "techniek", 9)
        exchange.say("SoftHangupRequest", 9.01, Uniqueid="2.1")
        exchange.abandon("2.1", "techniek", 9.01, 9)
        exchange.leave("2.1", "techniek", 9.01)
        exchange.say("Shutdown", 11, Restart="True")
        assert [event.reason for event in exchange.of(ev.ContactLeft)] == ["closed", "closed"]

    def test_one_who_is_hung_up_by_an_operator_counts_as_gone_by_himself(self) -> None:
        exchange = Exchange()
        exchange.sees_dialplan()
        exchange.join("1.1", "techniek", 0)
        exchange.say("SoftHangupRequest", 9, Uniqueid="1.1")
        exchange.abandon("1.1", "techniek", 9, 9)
        exchange.leave("1.1", "techniek", 9)
        exchange.wait(30)
        assert [event.reason for event in exchange.of(ev.ContactLeft)] == ["abandoned"]

    def test_after_a_kill_the_uptime_tells_that_everybody_is_gone(self) -> None:
        exchange = Exchange()
        exchange.say("FullyBooted", 0, Uptime=0)
        exchange.join("1.1", "techniek", 100)
        exchange.join("2.1", "techniek", 100)
        exchange.answer("2.1", "techniek", 103)
        exchange.lose(110)
        assert not exchange.of(ev.ContactLeft)
        exchange.connect(112)
        exchange.say("FullyBooted", 112, Uptime=0)
        exchange.hear(lists(members=[MEMBER]), 112)
        (left,) = exchange.of(ev.ContactLeft)
        assert (left.contact, left.reason, left.at.timestamp()) == ("pbx:1.1", "closed", BEGAN + 103)
        snapshot = exchange.of(ev.QueueSnapshot)[-1]
        assert (snapshot.waiting, snapshot.serving) == ((), ())

    def test_after_a_loss_of_the_network_those_who_still_wait_are_kept(self) -> None:
        exchange = Exchange()
        exchange.say("FullyBooted", 0, Uptime=0)
        for caller in ("1.1", "2.1", "3.1"):
            exchange.join(caller, "techniek", 100)
        exchange.lose(110)
        exchange.connect(130)
        exchange.say("FullyBooted", 130, Uptime=130)
        queue = {"Application": "Queue", "ApplicationData": "techniek,t,,,60"}
        talks = {"Uniqueid": "2.1", "Linkedid": "2.1", **queue, "BridgeId": "b", "Duration": "00:00:30"}
        phone = {
            "Uniqueid": "2.9",
            "Application": "AppQueue",
            "BridgeId": "b",
            "Duration": "00:00:12",
            "Channel": "Local/10@a-0c;1",
        }
        exchange.hear(channels({"Uniqueid": "1.1", **queue, "BridgeId": ""}, talks, phone), 130)
        exchange.hear(
            lists(members=[{**MEMBER, "InCall": 1}], entries=[{"Queue": "techniek", "Uniqueid": "1.1", "Wait": 30}])
        )
        (answered,) = exchange.of(ev.ContactAnswered)
        assert (answered.contact, answered.at.timestamp()) == ("pbx:2.1", BEGAN + 118)
        (snapshot,) = [event for event in exchange.of(ev.QueueSnapshot) if event.queue == "techniek"]
        assert [visit.contact for visit in snapshot.waiting] == ["pbx:1.1"]
        assert snapshot.serving is not None
        assert [visit.contact for visit in snapshot.serving] == ["pbx:2.1"]
        assert len(exchange.of(ev.ContactOffered)) == 3

    def test_agents_are_said_anew_after_a_loss(self) -> None:
        exchange = Exchange()
        exchange.hear(lists(members=[MEMBER]), 0)
        exchange.lose(10)
        exchange.connect(12)
        exchange.hear(lists(members=[MEMBER]), 12)
        assert states(exchange) == [("available", ""), ("available", "")]


class Test15ConnectingInTheMiddleOfTheDay:
    def test_a_conversation_found_is_told_when_it_ends(self) -> None:
        exchange = Exchange()
        exchange.say("FullyBooted", 0, Uptime=337)
        caller = {"Uniqueid": "1.1", "Linkedid": "1.0", "Application": "Queue", "ApplicationData": "techniek,t"}
        exchange.hear(lists(members=[{**MEMBER, "InCall": 1, "Status": 2}]), 0)
        phone = {
            "Uniqueid": "1.9",
            "Application": "AppQueue",
            "BridgeId": "b",
            "Duration": "00:00:12",
            "Channel": "Local/10@a-0c;1",
        }
        exchange.hear(channels({**caller, "BridgeId": "b", "Duration": "00:00:20"}, phone), 0)
        assert not exchange.of(ev.OfContact)
        (served,) = exchange.of(ev.QueueSnapshot)[-1].serving
        assert (served.contact, served.agent) == ("pbx:1.1", agent("Noor Smit"))
        assert states(exchange) == [("on_contact", "")]
        exchange.complete("1.1", "techniek", 30, HoldTime=9, TalkTime=40)
        offered, answered = exchange.of(ev.ContactOffered)[0], exchange.of(ev.ContactAnswered)[0]
        assert (offered.at.timestamp(), answered.at.timestamp()) == (BEGAN - 19, BEGAN - 10)
        assert answered.waited_seconds == 9
        assert states(exchange)[-1] != ("on_contact", "")


class Test16OtherAccounts:
    def test_class_agent_alone_cannot_tell_and_says_so(self) -> None:
        exchange = Exchange()
        exchange.say("FullyBooted", 0, Uptime=0)
        for caller in ("1.1", "2.1"):
            exchange.join(caller, "techniek", 0)
            exchange.abandon(caller, "techniek", 9, 9)
            exchange.leave(caller, "techniek", 9)
            exchange.wait(20)
        assert [event.reason for event in exchange.of(ev.ContactLeft)] == ["unknown", "unknown"]
        assert exchange.of(ev.SourceStatus)[-1].cannot_tell == ("left_reason",)

    def test_an_account_with_a_filter_is_believed(self) -> None:
        exchange = Exchange()
        exchange.join("1.1", "techniek", 0)
        exchange.abandon("1.1", "techniek", 9, 9)
        exchange.leave("1.1", "techniek", 9)
        exchange.say("Hangup", 9, Uniqueid="1.1")
        exchange.join("2.1", "techniek", 10)
        exchange.abandon("2.1", "techniek", 20, 10)
        exchange.leave("2.1", "techniek", 20)
        exchange.say("VarSet", 20, Uniqueid="2.1", Variable="QUEUESTATUS", Value="LEAVEEMPTY")
        exchange.wait(30)
        assert [event.reason for event in exchange.of(ev.ContactLeft)] == ["abandoned", "empty"]

    def test_with_calls_but_without_variables_only_a_hangup_can_be_told(self) -> None:
        exchange = Exchange()
        for caller in ("1.1", "2.1"):
            exchange.say("Newchannel", 0, Uniqueid=caller)
            exchange.join(caller, "techniek", 0)
        exchange.say("HangupRequest", 9, Uniqueid="1.1")
        for caller in ("1.1", "2.1"):
            exchange.abandon(caller, "techniek", 9, 9)
            exchange.leave(caller, "techniek", 9)
            exchange.say("Hangup", 9, Uniqueid=caller)
        exchange.wait(20)
        assert {event.contact: event.reason for event in exchange.of(ev.ContactLeft)} == {
            "pbx:1.1": "abandoned",
            "pbx:2.1": "unknown",
        }

    def test_a_queue_that_lets_nobody_in_is_named_where_it_can_be(self) -> None:
        exchange = Exchange()
        exchange.hear(lists(), 0)
        told = {"Variable": "QUEUESTATUS", "Value": "JOINEMPTY"}
        exchange.say("Newexten", 1, Uniqueid="1.1", Application="Queue", AppData="verkoop,t,,,25")
        exchange.say("VarSet", 1, Uniqueid="1.1", Exten="100", **told)
        exchange.say("VarSet", 2, Uniqueid="2.1", Exten="techniek", **told)
        exchange.say("VarSet", 3, Uniqueid="3.1", Exten="300", **told)
        left = exchange.of(ev.ContactLeft)
        assert [event.queue for event in left] == ["verkoop", "techniek", "unknown"]
        assert {event.reason for event in left} == {"before_queue"}
        assert not exchange.of(ev.ContactOffered)

    def test_a_setting_goes_before_what_is_found_out(self) -> None:
        exchange = Exchange(reads_dialplan=False)
        exchange.sees_dialplan()
        exchange.join("1.1", "techniek", 0)
        exchange.abandon("1.1", "techniek", 9, 9)
        (left,) = exchange.leave("1.1", "techniek", 9)
        assert isinstance(left, ev.ContactLeft)
        assert left.reason == "unknown"

    def test_a_clock_that_is_wrong_by_an_hour_delays_no_wrap_up(self) -> None:
        exchange = Exchange()

        def stamp(at: float) -> str:
            return f"{BEGAN + at + 3600:.6f}"

        exchange.join("1.1", "techniek", 0, Timestamp=stamp(0))
        exchange.answer("1.1", "techniek", 3, Timestamp=stamp(3))
        exchange.complete("1.1", "techniek", 10, Timestamp=stamp(10))
        exchange.wait(16.1)
        assert [event.at.timestamp() for event in exchange.of(ev.ContactWrappedUp)] == [BEGAN + 3616]

    def test_timestamps_go_before_the_arrival(self) -> None:
        exchange = Exchange()
        exchange.join("1.1", "techniek", 10, Timestamp=f"{BEGAN + 9.987:.6f}")
        assert exchange.of(ev.ContactOffered)[0].at.timestamp() == pytest.approx(BEGAN + 9.987)
        exchange.join("2.1", "techniek", 11, Timestamp="99999999999999")
        assert exchange.of(ev.ContactOffered)[1].at.timestamp() == pytest.approx(BEGAN + 10.987)
        assert exchange.board.rejected == {"bad_timestamp": 1}


def test_17_one_member_may_have_two_conversations() -> None:
    exchange = Exchange()
    for caller, at in (("1.1", 0), ("2.1", 20)):
        exchange.join(caller, "techniek", at)
        exchange.answer(caller, "techniek", at + 3)
    nameless = {"Queue": "techniek", "MemberName": "Noor Smit", "Interface": "Local/10@a/n", "Reason": "agent"}
    exchange.say("AgentComplete", 30, **nameless, HoldTime=3, TalkTime=27)
    exchange.complete("2.1", "techniek", 31)
    assert [event.contact for event in exchange.of(ev.ContactEnded)] == ["pbx:1.1", "pbx:2.1"]


def test_18_a_name_with_a_comma_is_a_name() -> None:
    exchange = Exchange()
    exchange.join("1.1", "techniek", 0)
    exchange.answer("1.1", "techniek", 3, "O'Brien, Fleur")
    assert exchange.of(ev.ContactAnswered)[0].agent == agent("O'Brien, Fleur")
    line = parse(b"1795290556|1.1|klantenservice|O'Brien, Fleur|RINGNOANSWER|8000\n")
    assert line is not None
    assert line.agent == "O'Brien, Fleur"


def test_19_phones_out_of_order_are_unknown_and_counted_loudly(caplog: pytest.LogCaptureFixture) -> None:
    exchange = Exchange()
    status(exchange, 0, 4)
    status(exchange, 1, 4)
    status(exchange, 2, 5)
    assert states(exchange) == [("unknown", "phone_invalid"), ("unknown", "phone_unavailable")]
    assert exchange.board.alarms == {"phone_invalid": 1, "phone_unavailable": 1}
    assert "phone_invalid" in caplog.text
    assert "Noor" not in caplog.text


def test_20_a_device_stuck_in_use_is_no_available_agent() -> None:
    exchange = Exchange()
    exchange.hear(lists(members=[{**MEMBER, "Status": 2}]), 0)
    exchange.wait(10)
    assert states(exchange)[-1] == ("other_work", "other_call")
